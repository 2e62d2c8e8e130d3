#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "metadata/decision.h"
#include "metadata/partition.h"
#include "metadata/partition_outcome.h"
#include "protocol/messages/alter_partition_reassignments_request.h"
#include "protocol/messages/list_partition_reassignments_request.h"

namespace moldau::metadata {

/// AlterPartitionReassignments: gives partitions other replicas, or takes a reassignment under way back where
/// no replicas are named. Each partition on its own succeeds or fails; the records of all that succeed are
/// atomic. UNKNOWN_SERVER_ERROR for the partitions beyond 10,000 records, as Apache Kafka answers them.
Decision<std::vector<TopicOutcome>> alter_partition_reassignments(
    const protocol::AlterPartitionReassignmentsRequest& request, const DecisionContext& context);

/// A reassignment under way.
struct OngoingReassignment {
  std::int32_t partition_id = 0;
  Replicas replicas;  ///< those of before and those to come
  Replicas adding;
  Replicas removing;
};

/// A topic with reassignments under way, in the order in which they were asked for.
struct ReassigningTopic {
  std::string name;
  std::vector<OngoingReassignment> partitions = {};
};

/// ListPartitionReassignments: those of the named topics and partitions, or all. Whoever has none is left
/// out, and so is what does not exist.
std::vector<ReassigningTopic> list_partition_reassignments(
    const protocol::ListPartitionReassignmentsRequest& request, const Image& image);

}  // namespace moldau::metadata
