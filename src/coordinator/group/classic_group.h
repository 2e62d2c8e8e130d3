#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error_code.h"
#include "base/time.h"
#include "coordinator/effects.h"
#include "coordinator/member_protocol.h"
#include "protocol/messages/group_metadata_value.h"
#include "protocol/messages/join_group_request.h"
#include "protocol/messages/join_group_response.h"

namespace moldau::coordinator {

/// States of a classic group; the names are DescribeGroups' and ListGroups'.
enum class ClassicState : std::uint8_t { kEmpty, kPreparingRebalance, kCompletingRebalance, kStable, kDead };

/// "Empty", "PreparingRebalance", "CompletingRebalance", "Stable" or "Dead". Static storage.
std::string_view state_name(ClassicState state);

/// A request that waits for its group: whom to answer, and in which version.
struct Waiting {
  Token token = 0;
  std::int16_t api_version = 0;

  bool operator==(const Waiting&) const = default;
};

/// A member of a classic group.
struct ClassicMember {
  std::string id;
  std::optional<std::string> instance_id;  ///< of static members (KIP-345)
  std::string client_id;
  std::string client_host;
  std::int32_t rebalance_timeout_ms = 0;
  std::int32_t session_timeout_ms = 0;
  std::vector<MemberProtocol> protocols;  ///< most wanted first
  std::string assignment;
  std::optional<Waiting> join;  ///< a parked JoinGroup
  std::optional<Waiting> sync;  ///< a parked SyncGroup
  bool is_new = false;          ///< has not been answered its first JoinGroup

  /// The member's data for a protocol; empty when it does not support it.
  std::string_view metadata(std::string_view protocol) const;
  bool supports(std::string_view protocol) const;
  /// True where no heartbeat is owed: a member that waits is alive. New ones are expired even so.
  bool has_satisfied_heartbeat() const;
};

/// The protocols of a JoinGroup, copied out of the frame.
std::vector<MemberProtocol> copy_protocols(
    const std::vector<protocol::JoinGroupRequest::JoinGroupRequestProtocol>& protocols);

/// A classic group: members, generation and state, without the requests and timers around them. Members are
/// kept sorted by id.
class ClassicGroup {
 public:
  /// An empty group created at `now`.
  ClassicGroup(std::string id, TimestampMs now);
  /// The group a GroupMetadata record describes: Stable, or Empty without members.
  ClassicGroup(std::string id, const protocol::GroupMetadataValue& value);
  /// A stable group of consumers, of that generation, the first of which leads. At least one member, and a
  /// protocol that all support.
  ClassicGroup(std::string id, std::int32_t generation, std::vector<ClassicMember> consumers,
               TimestampMs now);

  const std::string& id() const { return id_; }
  ClassicState state() const { return state_; }
  ClassicState previous_state() const { return previous_state_; }
  bool is_in(ClassicState state) const { return state_ == state; }
  /// Ends the state; `now` becomes the timestamp of the new one.
  void transition_to(ClassicState state, TimestampMs now);
  bool can_rebalance() const;

  std::int32_t generation() const { return generation_; }
  const std::optional<std::string>& protocol_type() const { return protocol_type_; }
  const std::optional<std::string>& protocol_name() const { return protocol_name_; }
  const std::optional<std::string>& leader() const { return leader_; }
  bool is_leader(std::string_view member) const { return leader_ == member; }
  std::optional<TimestampMs> state_timestamp() const { return state_timestamp_; }

  const std::map<std::string, ClassicMember, std::less<>>& members() const { return members_; }
  ClassicMember* find(std::string_view member);
  const ClassicMember* find(std::string_view member) const;
  bool has_member(std::string_view member) const { return members_.contains(member); }
  /// The member behind an instance id; null when there is none.
  const std::string* static_member(std::string_view instance_id) const;

  /// Adds a member that supports the group's protocols; the first becomes leader and sets the protocol type.
  void add(ClassicMember member, std::string_view protocol_type);
  /// Removes a member or a pending one, if it is there. A removed leader is replaced.
  void remove(std::string_view member);
  /// Gives the static member another id and drops what it waited for; the caller has answered that.
  ClassicMember& replace_static(std::string_view instance_id, const std::string& new_id);
  /// Hands leadership to a member that has joined if the leader has not; false when nobody has.
  bool elect_joined_leader();

  /// Members told an id that have not come back with it.
  bool is_pending(std::string_view member) const { return pending_join_.contains(member); }
  void add_pending(std::string member) { pending_join_.insert(std::move(member)); }
  bool has_pending() const { return !pending_join_.empty(); }

  /// Members whose SyncGroup is still awaited.
  const std::set<std::string, std::less<>>& pending_sync() const { return pending_sync_; }
  void add_pending_sync(std::string member) { pending_sync_.insert(std::move(member)); }
  void remove_pending_sync(std::string_view member);
  void clear_pending_sync() { pending_sync_.clear(); }

  std::size_t awaiting_join_count() const;
  bool all_members_joined() const;
  /// The longest of the members' rebalance timeouts.
  std::int32_t rebalance_timeout_ms() const;

  /// kNone, kUnknownMemberId or kFencedInstanceId: whether (member, instance) is in the group.
  ErrorCode check_member(std::string_view member, std::optional<std::string_view> instance_id) const;

  /// Whether a member with these protocols may join.
  bool supports(std::string_view protocol_type,
                const std::vector<protocol::JoinGroupRequest::JoinGroupRequestProtocol>& protocols) const;

  /// The protocol that all support and most want. At least one member.
  std::string select_protocol() const;

  /// The next generation: CompletingRebalance with a chosen protocol, or Empty without members.
  void begin_generation(TimestampMs now);

  /// True for a group with consumers that subscribe to the topic; unknown subscriptions of consumers count as
  /// subscribed.
  bool is_subscribed_to(std::string_view topic) const;
  bool uses_consumer_protocol() const;
  /// Offsets without a group around them: no protocol type, no member.
  bool is_simple() const;
  bool knows_subscriptions() const { return subscribed_topics_.has_value(); }

  /// The group's record with these assignments by member; views point into the group and into `assignments`.
  protocol::GroupMetadataValue to_record(
      const std::map<std::string, std::string, std::less<>>& assignments) const;
  /// The assignments in force.
  std::map<std::string, std::string, std::less<>> assignments() const;

  bool new_member_added = false;           ///< during the initial delay, which is then extended
  std::int32_t initial_delay_ms = 0;       ///< of the running step of the initial delay
  std::int32_t initial_remaining_ms = 0;   ///< how much longer the initial delay may last
  std::int32_t sync_timer_generation = 0;  ///< for which the sync timer was set

 private:
  void elect_any_leader();
  void refresh_subscriptions();

  std::string id_;
  ClassicState state_ = ClassicState::kEmpty;
  ClassicState previous_state_ = ClassicState::kDead;
  std::optional<TimestampMs> state_timestamp_;
  std::int32_t generation_ = 0;
  std::optional<std::string> protocol_type_;
  std::optional<std::string> protocol_name_;
  std::optional<std::string> leader_;
  std::map<std::string, ClassicMember, std::less<>> members_;
  std::map<std::string, std::string, std::less<>> static_members_;  ///< member id by instance id
  std::set<std::string, std::less<>> pending_join_;
  std::set<std::string, std::less<>> pending_sync_;
  std::optional<std::set<std::string, std::less<>>> subscribed_topics_;
};

}  // namespace moldau::coordinator
