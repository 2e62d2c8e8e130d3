#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "coordinator/member_protocol.h"

namespace moldau::coordinator {

/// How far a member has followed its target assignment (KIP-848); values as in records.
enum class MemberState : std::int8_t {
  kStable = 0,                ///< has all of its target
  kUnrevokedPartitions = 1,   ///< has to give partitions back before it may go to the next epoch
  kUnreleasedPartitions = 2,  ///< waits for partitions that others have not given back
  kUnknown = 127,             ///< a state of a newer release
};

/// The state of a record's byte; those of newer releases are kUnknown.
constexpr MemberState member_state_of(std::int8_t value) {
  return value >= 0 && value <= 2 ? static_cast<MemberState>(value) : MemberState::kUnknown;
}

/// A member sends it to join, or to join again from nothing.
inline constexpr std::int32_t kJoinEpoch = 0;
/// A member sends it to leave.
inline constexpr std::int32_t kLeaveEpoch = -1;
/// A static member sends it to leave for a while (KIP-345).
inline constexpr std::int32_t kStaticLeaveEpoch = -2;

/// Partitions by topic, each with the epoch of the member at which it was assigned: offsets that the member
/// commits with an older epoch are those of an earlier owner (KIP-1251).
using AssignedPartitions = std::map<Uuid, std::map<std::int32_t, std::int32_t>>;

/// Partitions by topic that a member says it has: sorted, each once.
using OwnedPartitions = std::map<Uuid, std::vector<std::int32_t>>;

/// What a member of the classic protocol says of itself in a consumer group.
struct ClassicMetadata {
  std::int32_t session_timeout_ms = 0;
  std::vector<MemberProtocol> protocols;

  bool operator==(const ClassicMetadata&) const = default;
};

/// Who a member is and what it wants: a ConsumerGroupMemberMetadata record (type 5).
struct MemberSubscription {
  std::optional<std::string> instance_id = {};
  std::optional<std::string> rack_id = {};
  std::string client_id = {};
  std::string client_host = {};
  std::set<std::string, std::less<>> topics = {};
  std::optional<std::string> regex = std::string();  ///< of topic names; empty where there is none
  std::int32_t rebalance_timeout_ms = -1;
  std::optional<std::string> server_assignor = {};
  std::optional<ClassicMetadata> classic = {};  ///< of members that use the classic protocol

  bool has_regex() const { return regex && !regex->empty(); }
  bool operator==(const MemberSubscription&) const = default;
};

/// What a member has: a ConsumerGroupCurrentMemberAssignment record (type 8).
struct CurrentAssignment {
  std::int32_t epoch = 0;
  std::int32_t previous_epoch = -1;
  MemberState state = MemberState::kStable;
  AssignedPartitions assigned = {};
  AssignedPartitions pending_revocation = {};

  /// Whether the member has all that the target of `target_epoch` gives it.
  bool is_reconciled_to(std::int32_t target_epoch) const {
    return state == MemberState::kStable && epoch == target_epoch;
  }
  bool operator==(const CurrentAssignment&) const = default;
};

/// A member of a consumer group.
struct ConsumerMember {
  std::string id;
  MemberSubscription subscription = {};
  CurrentAssignment current = {};

  bool is_classic() const { return subscription.classic.has_value(); }
  bool operator==(const ConsumerMember&) const = default;
};

}  // namespace moldau::coordinator
