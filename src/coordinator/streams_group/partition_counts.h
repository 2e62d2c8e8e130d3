#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "coordinator/streams_group/topology.h"

namespace moldau::coordinator {

/// How many partitions topics of the application itself are to have.
using PartitionCounts = std::map<std::string, std::int32_t, std::less<>>;

/// Partitions of a topic of the cluster; nullopt where it is not there.
using PartitionCountOf = std::function<std::optional<std::int32_t>(std::string_view topic)>;

/// Says which topics have other numbers of partitions than they have to.
struct PartitionMismatch {
  std::string message;
};

/// Topics that have to have as many partitions as each other: source topics and repartition topics. Views
/// into the topology.
using CopartitionedTopics = std::vector<std::string_view>;

/// The topology's groups of them, in the order in which Apache Kafka takes them. UNKNOWN_SERVER_ERROR where a
/// group names places that are not there.
Result<std::vector<CopartitionedTopics>> copartitioned_topics(
    const std::vector<const Subtopology*>& subtopologies);

/// Decides how many partitions repartition and changelog topics have: as many as the topology says, as the
/// topics that they are made of have, or as those that they have to fit. `subtopologies` in Apache Kafka's
/// order (in_hash_order), which the outcome may hang on. All source topics are there.
/// STREAMS_INVALID_TOPOLOGY where a count follows from nothing.
Result<std::variant<PartitionCounts, PartitionMismatch>> decide_partition_counts(
    const std::vector<const Subtopology*>& subtopologies, const std::vector<CopartitionedTopics>& groups,
    const PartitionCountOf& count_of);

}  // namespace moldau::coordinator
