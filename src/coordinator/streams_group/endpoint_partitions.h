#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "coordinator/streams_group/configured_topology.h"
#include "coordinator/streams_group/streams_group.h"
#include "coordinator/topics_view.h"

namespace moldau::coordinator {

/// Partitions of a topic that belong to tasks, sorted.
struct TaskTopic {
  std::string topic = {};
  std::vector<std::int32_t> partitions = {};

  bool operator==(const TaskTopic&) const = default;
};

/// Which topics' state a client answers queries for.
struct EndpointPartitions {
  StreamsEndpoint endpoint = {};
  std::vector<TaskTopic> active = {};
  std::vector<TaskTopic> standby = {};

  bool operator==(const EndpointPartitions&) const = default;
};

/// One for each member that has an endpoint, by member id, that of `last` behind the others. Where a topic
/// has fewer partitions than the member has tasks it is the first ones, as of Apache Kafka.
/// UNKNOWN_SERVER_ERROR, as of Apache Kafka, where a member has an endpoint and source topics are missing, or
/// topics of its tasks.
Result<std::vector<EndpointPartitions>> partitions_by_endpoint(const StreamsGroup& group,
                                                               const ConfiguredTopology& topology,
                                                               const TopicsView& topics,
                                                               std::string_view last);

}  // namespace moldau::coordinator
