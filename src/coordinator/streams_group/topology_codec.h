#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "coordinator/streams_group/topology.h"

/// Reads topologies of messages; not for use outside of streams groups. A record's and a request's differ
/// only in the names of their types.
namespace moldau::coordinator {

inline std::string read_text(std::string_view text) {
  return std::string(text);
}

inline std::string read_text(const TopicName& name) {
  return std::string(name.value());
}

template <class Texts>
std::vector<std::string> read_texts(const Texts& texts) {
  std::vector<std::string> read;
  for (const auto& text : texts)
    read.push_back(read_text(text));
  return read;
}

template <class Topic>
std::vector<InternalTopic> read_internal_topics(const std::vector<Topic>& topics) {
  std::vector<InternalTopic> read;
  for (const Topic& topic : topics) {
    InternalTopic& one = read.emplace_back();
    one.name = read_text(topic.name);
    one.partition_count = topic.partitions;
    one.replication_factor = topic.replication_factor;
    for (const auto& config : topic.topic_configs)
      one.configs.emplace_back(config.key, config.value);
  }
  return read;
}

/// The topology of a StreamsGroupTopologyValue or of a request.
template <class Topology>
StreamsTopology read_topology(const Topology& topology) {
  StreamsTopology read{.epoch = topology.epoch};
  for (const auto& subtopology : topology.subtopologies) {
    Subtopology& one = read.subtopologies.emplace_back();
    one.id = subtopology.subtopology_id;
    one.source_topics = read_texts(subtopology.source_topics);
    one.source_topic_regexes = read_texts(subtopology.source_topic_regex);
    one.state_changelog_topics = read_internal_topics(subtopology.state_changelog_topics);
    one.repartition_sink_topics = read_texts(subtopology.repartition_sink_topics);
    one.repartition_source_topics = read_internal_topics(subtopology.repartition_source_topics);
    for (const auto& group : subtopology.copartition_groups) {
      one.copartition_groups.push_back({.source_topics = group.source_topics,
                                        .source_topic_regexes = group.source_topic_regex,
                                        .repartition_source_topics = group.repartition_source_topics});
    }
  }
  return read;
}

}  // namespace moldau::coordinator
