#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "coordinator/assignor/java_text_order.h"
#include "coordinator/assignor/task_assignor.h"

namespace moldau::coordinator {

/// How far a member has followed its target (KIP-1071); values as in records.
enum class StreamsMemberState : std::int8_t {
  kStable = 1,           ///< has all of its target
  kUnrevokedTasks = 2,   ///< has to give tasks back before it may go to the next epoch
  kUnreleasedTasks = 3,  ///< waits for tasks that others have not given back
  kUnknown = 127,        ///< a state of a newer release
};

/// The state of a record's byte; those of newer releases are kUnknown.
constexpr StreamsMemberState streams_member_state_of(std::int8_t value) {
  return value >= 1 && value <= 3 ? static_cast<StreamsMemberState>(value) : StreamsMemberState::kUnknown;
}

/// Texts by texts, in Java's order.
using TextMap = std::map<std::string, std::string, JavaTextLess>;

/// Partitions of subtopologies, each with the epoch of the member at which its task was assigned: offsets
/// that the member commits with an older epoch are those of an earlier owner.
using TaskEpochs = std::map<std::string, std::map<std::int32_t, std::int32_t>, JavaTextLess>;

/// Tasks that a member has.
struct AssignedTasks {
  TaskEpochs active = {};
  TaskSets standby = {};
  TaskSets warmup = {};

  bool empty() const { return active.empty() && standby.empty() && warmup.empty(); }
  bool operator==(const AssignedTasks&) const = default;
};

/// Where a client answers queries of its state.
struct StreamsEndpoint {
  std::string host = {};
  std::uint16_t port = 0;

  bool operator==(const StreamsEndpoint&) const = default;
};

/// Who a member is: a StreamsGroupMemberMetadata record (type 19).
struct StreamsMemberMetadata {
  std::optional<std::string> instance_id = {};
  std::optional<std::string> rack_id = {};
  std::string client_id = {};
  std::string client_host = {};
  std::int32_t rebalance_timeout_ms = -1;
  std::int32_t topology_epoch = -1;
  std::string process_id = {};  ///< of the client that it is a thread of
  std::optional<StreamsEndpoint> user_endpoint = {};
  TextMap client_tags = {};

  bool operator==(const StreamsMemberMetadata&) const = default;
};

/// What a member has: a StreamsGroupCurrentMemberAssignment record (type 22).
struct StreamsAssignment {
  std::int32_t epoch = 0;
  std::int32_t previous_epoch = 0;
  StreamsMemberState state = StreamsMemberState::kStable;
  AssignedTasks assigned = {};
  AssignedTasks pending_revocation = {};

  /// Whether the member has all that the target of `target_epoch` gives it.
  bool is_reconciled_to(std::int32_t target_epoch) const {
    return state == StreamsMemberState::kStable && epoch == target_epoch;
  }
  bool operator==(const StreamsAssignment&) const = default;
};

/// A member of a streams group.
struct StreamsMember {
  std::string id;
  StreamsMemberMetadata metadata = {};
  StreamsAssignment current = {};

  bool operator==(const StreamsMember&) const = default;
};

}  // namespace moldau::coordinator
