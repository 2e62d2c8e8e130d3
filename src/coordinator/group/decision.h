#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/uuid.h"
#include "coordinator/effects.h"
#include "coordinator/group/classic_group.h"
#include "protocol/messages/join_group_response.h"
#include "protocol/messages/sync_group_response.h"

/// What decisions about groups are told and what they come to.
namespace moldau::coordinator {

/// What is known of a request besides its message.
struct RequestContext {
  Moment at;
  std::int16_t api_version = 0;
  std::string_view client_id;
  std::string_view client_host;  ///< as Java prints addresses: "/127.0.0.1"
  Uuid random;                   ///< fresh for every request: the tail of a new member's id
};

/// The answer to a parked request. One for a token that nobody waits for any more is dropped.
struct Completion {
  Token token = 0;
  std::variant<Reply<protocol::JoinGroupResponse>, Reply<protocol::SyncGroupResponse>> reply;
};

/// A new group whose first record is on its way: its JoinGroup is answered if that fails.
struct NewGroupAppend {
  std::string group;
  std::string member;
  std::optional<Waiting> waiting;
};

/// A leader's assignment on its way: it counts, and the members are answered, once it is committed.
struct AssignmentAppend {
  std::string group;
  std::int32_t generation = 0;
  std::map<std::string, std::string, std::less<>> assignments;
};

/// A static member's new id on its way, with what stood before it.
struct StaticMemberAppend {
  std::string group;
  std::string instance_id;
  std::string old_member;
  std::string new_member;
  std::vector<MemberProtocol> old_protocols;
  std::int32_t old_rebalance_timeout_ms = 0;
  std::int32_t old_session_timeout_ms = 0;
  std::optional<std::string> old_leader;
  Waiting waiting;
};

/// A classic member's JoinGroup of a consumer group on its way; answered once it is committed.
struct MemberJoinAppend {
  std::string group;
  std::string member;
  std::int32_t epoch = 0;
  std::string protocol_name;
  std::int32_t session_timeout_ms = 0;
  std::int32_t rebalance_timeout_ms = 0;
  bool is_downgrade = false;  ///< the group is a classic one now
  Waiting waiting;
};

/// A classic member's SyncGroup of a consumer group, answered once what it answers with is committed.
struct MemberSyncAppend {
  std::string group;
  std::string member;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name;
  std::string assignment;
  std::int32_t session_timeout_ms = 0;
  Waiting waiting;
};

using Append =
    std::variant<NewGroupAppend, AssignmentAppend, StaticMemberAppend, MemberJoinAppend, MemberSyncAppend>;

/// What a decision asks for. See GroupCoordinator for the order.
struct Effects {
  std::vector<Record> records;  ///< to append
  /// As one batch: a crash or a failure leaves all of them or none. Else batches before the one that fails
  /// stay in the log, and the state is as if they did not until the log is loaded again.
  bool is_atomic = true;
  std::optional<Append> append;         ///< to hand back when the records are committed or have failed
  std::vector<Completion> completions;  ///< to send now
  std::vector<TimerEffect> timers;      ///< to set or cancel now, in this order
};

/// A decision with an answer that is sent when everything appended so far, its records among it, is
/// committed.
template <class Message>
struct Answer {
  Reply<Message> reply;
  Effects effects;
};

}  // namespace moldau::coordinator
