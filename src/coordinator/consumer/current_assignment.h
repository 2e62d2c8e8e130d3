#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/uuid.h"
#include "coordinator/assignor/assignor.h"
#include "coordinator/consumer/consumer_group.h"
#include "coordinator/consumer/member.h"
#include "coordinator/topics_view.h"

namespace moldau::coordinator {

/// What a member has to reach.
struct MemberTarget {
  std::int32_t epoch = 0;
  const MemberAssignment& partitions;
};

/// What a member says of itself in the request that is decided on.
struct MemberReport {
  /// The partitions it has; nullptr where it does not say so.
  const OwnedPartitions* owned = nullptr;
  /// It subscribes to other topics than before.
  bool has_new_subscription = false;
};

/// An assignment as sorted partitions by topic.
OwnedPartitions by_topic(const MemberAssignment& assignment);

/// Whether each partition in `owned` is among `assigned`; false where the member does not say what it has.
bool owns_only(const OwnedPartitions* owned, const AssignedPartitions& assigned);

/// The member's next assignment on its way to the target (KIP-848's reconciliation): partitions are given
/// back before the epoch rises, and given out once nobody else has them. FENCED_MEMBER_EPOCH where its
/// state is of an unknown kind and it has partitions.
Result<CurrentAssignment> reconcile(const ConsumerGroup& group, const TopicsView& topics,
                                    const ConsumerMember& member, const MemberTarget& target,
                                    const MemberReport& report);

}  // namespace moldau::coordinator
