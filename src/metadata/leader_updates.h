#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "metadata/decision.h"
#include "metadata/partition_change.h"

namespace moldau::metadata {

/// Rules for changes of a partition of `topic`: its effective min.insync.replicas, its live replicas. The
/// context and the partition outlive it.
PartitionRules rules_for(const DecisionContext& context, const Topic& topic, const Partition& partition);

/// True if the topic's unclean.leader.election.enable is on.
bool allows_unclean_election(const DecisionContext& context, const Topic& topic);

/// Why leaders and in-sync sets are looked at again. At most one of them is set.
struct MembershipChange {
  std::optional<BrokerId> leaving = {};   ///< Fenced, shutting down, stopped cleanly, or unregistered.
  std::optional<BrokerId> arriving = {};  ///< Unfenced; counts as live although the image says fenced.
  std::optional<BrokerId> unclean_restart =
      {};  ///< Registered anew without a clean stop: may have lost records.
};

/// Which partitions a change bears on.
enum class Affected : std::uint8_t {
  kInIsr,      ///< Those with the leaving or restarted broker in the ISR.
  kInElr,      ///< Those with it in the ELR.
  kLeaderless  ///< Those without a leader.
};

/// PartitionChange records for the affected partitions, by topic id and partition.
std::vector<Bytes> membership_records(const DecisionContext& context, const MembershipChange& change,
                                      Affected affected);

/// The same for one partition; nullopt if nothing changes.
std::optional<Bytes> membership_record(const DecisionContext& context, const MembershipChange& change,
                                       const Topic& topic, std::int32_t partition_id,
                                       const Partition& partition);

}  // namespace moldau::metadata
