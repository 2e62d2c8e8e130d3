#include "coordinator/streams_group/topology.h"

#include <algorithm>
#include <map>

#include "coordinator/assignor/java_hash_map.h"

namespace moldau::coordinator {
namespace {

std::map<std::string_view, const Subtopology*> by_id(const StreamsTopology& topology) {
  std::map<std::string_view, const Subtopology*> sorted;
  for (const Subtopology& subtopology : topology.subtopologies)
    sorted.emplace(subtopology.id, &subtopology);
  return sorted;
}

/// Who reads each topic; of those that share one, the last in Apache Kafka's order.
std::map<std::string_view, const Subtopology*> readers(const StreamsTopology& topology) {
  std::map<std::string_view, const Subtopology*> readers;
  for (const Subtopology* subtopology : in_hash_order(topology)) {
    for (const std::string& topic : subtopology->source_topics)
      readers.insert_or_assign(topic, subtopology);
    for (const InternalTopic& topic : subtopology->repartition_source_topics)
      readers.insert_or_assign(topic.name, subtopology);
  }
  return readers;
}

bool are_equal(const auto& one, const auto& other) {
  return std::ranges::equal(
      one, other, [](const auto& a, const auto& b) { return a.first == b.first && *a.second == *b.second; });
}

}  // namespace

Result<void> check_topology(const StreamsTopology& topology) {
  if (topology.epoch < 0) return fail(ErrorCode::kUnknownServerError, "Topology epoch must be non-negative.");
  if (by_id(topology).size() != topology.subtopologies.size())
    return fail(ErrorCode::kUnknownServerError, "A subtopology is there twice");
  return {};
}

bool is_same_topology(const StreamsTopology& one, const StreamsTopology& other) {
  return one.epoch == other.epoch && are_equal(by_id(one), by_id(other)) &&
         are_equal(readers(one), readers(other));
}

std::vector<const Subtopology*> in_hash_order(const StreamsTopology& topology) {
  JavaHashMap<std::string_view, const Subtopology*> table;
  for (const Subtopology& subtopology : topology.subtopologies) {
    if (!table.contains(subtopology.id)) table.put(subtopology.id, &subtopology);
  }
  std::vector<const Subtopology*> ordered;
  table.for_each([&](std::string_view, const Subtopology* subtopology) { ordered.push_back(subtopology); });
  return ordered;
}

std::set<std::string_view> required_topics(const StreamsTopology& topology) {
  std::set<std::string_view> topics;
  for (const Subtopology& subtopology : topology.subtopologies) {
    topics.insert(subtopology.source_topics.begin(), subtopology.source_topics.end());
    for (const auto* internal :
         {&subtopology.repartition_source_topics, &subtopology.state_changelog_topics}) {
      for (const InternalTopic& topic : *internal)
        topics.insert(topic.name);
    }
  }
  return topics;
}

const Subtopology* reader_of(const StreamsTopology& topology, std::string_view topic) {
  const auto all = readers(topology);
  const auto found = all.find(topic);
  return found == all.end() ? nullptr : found->second;
}

}  // namespace moldau::coordinator
