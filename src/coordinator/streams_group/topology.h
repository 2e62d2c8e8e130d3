#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace moldau::coordinator {

/// A topic that the application keeps for itself.
struct InternalTopic {
  std::string name = {};
  std::int32_t partition_count = 0;     ///< 0: it follows from the topics that it is made of
  std::int16_t replication_factor = 0;  ///< 0: the cluster's
  std::vector<std::pair<std::string, std::string>> configs = {};

  bool operator==(const InternalTopic&) const = default;
};

/// Source topics of a subtopology that have to have as many partitions as each other, by their places in its
/// lists. Nothing has checked the places.
struct CopartitionGroup {
  std::vector<std::int16_t> source_topics = {};
  std::vector<std::int16_t> source_topic_regexes = {};
  std::vector<std::int16_t> repartition_source_topics = {};

  bool operator==(const CopartitionGroup&) const = default;
};

/// A part of the application that has tasks of its own: one for each partition of the topics that it reads.
struct Subtopology {
  std::string id = {};
  std::vector<std::string> source_topics = {};
  std::vector<std::string> source_topic_regexes = {};
  std::vector<InternalTopic> state_changelog_topics = {};
  std::vector<std::string> repartition_sink_topics = {};
  std::vector<InternalTopic> repartition_source_topics = {};
  std::vector<CopartitionGroup> copartition_groups = {};

  bool operator==(const Subtopology&) const = default;
};

/// What an application does, as its members tell the group (KIP-1071): a StreamsGroupTopology record
/// (type 23).
struct StreamsTopology {
  std::int32_t epoch = 0;
  std::vector<Subtopology> subtopologies = {};

  bool operator==(const StreamsTopology&) const = default;
};

/// Whether a topology may be a group's: its epoch is not negative and each subtopology there once.
/// UNKNOWN_SERVER_ERROR, which is what a client hears of it.
Result<void> check_topology(const StreamsTopology& topology);

/// Whether both are of one epoch and have equal subtopologies, in any order that gives each topic the same
/// reader (reader_of).
bool is_same_topology(const StreamsTopology& one, const StreamsTopology& other);

/// The subtopologies in the order in which Apache Kafka walks them, that of a hash table of their ids; what
/// it makes of a topology may hang on it.
std::vector<const Subtopology*> in_hash_order(const StreamsTopology& topology);

/// The names of all topics that are read or written, sorted, each once; views into the topology. Sink topics
/// that nothing reads are not among them.
std::set<std::string_view> required_topics(const StreamsTopology& topology);

/// The subtopology that reads the topic; nullptr where none does. Where several do it is the last of them
/// in_hash_order().
const Subtopology* reader_of(const StreamsTopology& topology, std::string_view topic);

}  // namespace moldau::coordinator
