#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "coordinator/assignor/java_text_order.h"
#include "coordinator/streams_group/topology.h"
#include "coordinator/topics_view.h"

namespace moldau::coordinator {

/// What a member is told of besides its tasks; values as in answers.
enum class StreamsStatusCode : std::int8_t {
  kStaleTopology = 0,
  kMissingSourceTopics = 1,
  kIncorrectlyPartitionedTopics = 2,
  kMissingInternalTopics = 3,
  kShutdownApplication = 4,
  kAssignmentDelayed = 5,
};

struct StreamsStatus {
  StreamsStatusCode code = StreamsStatusCode::kStaleTopology;
  std::string detail = {};

  bool operator==(const StreamsStatus&) const = default;
};

/// An internal topic as it has to be.
struct ConfiguredInternalTopic {
  std::string name = {};
  std::int32_t partition_count = 0;
  std::int16_t replication_factor = 0;  ///< 0: the cluster's
  /// Each key once, in the order in which Apache Kafka tells of them.
  std::vector<std::pair<std::string, std::string>> configs = {};

  bool operator==(const ConfiguredInternalTopic&) const = default;
};

struct ConfiguredSubtopology {
  using InternalTopics = std::map<std::string, ConfiguredInternalTopic, JavaTextLess>;

  std::int32_t task_count = 0;
  std::set<std::string, JavaTextLess> source_topics = {};
  InternalTopics repartition_source_topics = {};
  std::set<std::string, JavaTextLess> repartition_sink_topics = {};
  InternalTopics state_changelog_topics = {};

  bool operator==(const ConfiguredSubtopology&) const = default;
};

using ConfiguredSubtopologies = std::map<std::string, ConfiguredSubtopology, JavaTextLess>;

/// A topology as it fits the cluster's topics.
struct ConfiguredTopology {
  std::int32_t epoch = 0;
  std::int64_t metadata_hash = 0;
  /// nullopt where topics that are not the application's own are missing or do not fit each other.
  std::optional<ConfiguredSubtopologies> subtopologies = {};
  std::vector<ConfiguredInternalTopic> topics_to_create = {};
  /// Why there can be no tasks yet.
  std::optional<StreamsStatus> problem = {};

  bool is_ready() const { return !problem.has_value(); }
  bool operator==(const ConfiguredTopology&) const = default;
};

/// Fits a checked topology to the cluster's topics: how many partitions its internal topics have to have, how
/// many tasks there are, and what is missing. All names are valid ones of topics. STREAMS_INVALID_TOPOLOGY
/// where the partitions of a topic follow from nothing; UNKNOWN_SERVER_ERROR, as of Apache Kafka, where the
/// topology is at odds with itself in ways that nobody checks.
Result<ConfiguredTopology> configure_topology(const StreamsTopology& topology, const TopicsView& topics,
                                              std::int64_t metadata_hash);

}  // namespace moldau::coordinator
