#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "metadata/decision.h"

/// What CreateTopics and CreatePartitions have in common: where replicas of new partitions go.
namespace moldau::metadata {

/// A partition on those replicas, led by the first active one; nullopt if none is.
std::optional<Partition> make_partition(const Replicas& replicas, const DecisionContext& context);

std::unexpected<Error> bad_assignment(std::string why);  ///< INVALID_REPLICA_ASSIGNMENT

/// INVALID_REPLICA_ASSIGNMENT, in Kafka's words, for replicas that a client named and that may not be: none,
/// a broker that is not registered or named twice, another number than `expected`.
Result<void> check_assignment(const Replicas& replicas, std::optional<std::size_t> expected,
                              const Image& image);

/// INVALID_REPLICA_ASSIGNMENT for a partition whose replicas are all fenced or leaving.
std::unexpected<Error> no_active_replica(std::int32_t partition_id);

/// Replicas of new partitions, chosen by the controller. INVALID_REPLICATION_FACTOR, in Kafka's words, if
/// there are too few brokers.
Result<std::vector<Replicas>> choose_replicas(std::int32_t count, std::int16_t replication_factor,
                                              const DecisionContext& context);

/// The partitions with these replicas; INVALID_REPLICATION_FACTOR if all of one are fenced or leaving.
Result<std::vector<Partition>> make_partitions(const std::vector<Replicas>& all,
                                               const DecisionContext& context);

/// INVALID_REPLICATION_FACTOR of a topic that cannot have as many replicas.
std::unexpected<Error> cannot_replicate(std::size_t replication_factor, const std::string& why);

}  // namespace moldau::metadata
