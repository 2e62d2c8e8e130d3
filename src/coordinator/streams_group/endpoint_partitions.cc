#include "coordinator/streams_group/endpoint_partitions.h"

#include <set>
#include <utility>

namespace moldau::coordinator {
namespace {

std::set<std::string_view, JavaTextLess> source_topics(const ConfiguredSubtopology& subtopology) {
  std::set<std::string_view, JavaTextLess> topics(subtopology.source_topics.begin(),
                                                  subtopology.source_topics.end());
  for (const auto& [name, topic] : subtopology.repartition_source_topics)
    topics.insert(name);
  return topics;
}

class Partitions {
 public:
  Partitions(const ConfiguredSubtopologies& subtopologies, const TopicsView& topics)
      : subtopologies_(subtopologies), topics_(topics) {}

  template <class BySubtopology>
  Result<std::vector<TaskTopic>> of(const BySubtopology& tasks) const {
    std::vector<TaskTopic> task_topics;
    for (const auto& [id, partitions] : tasks) {
      const auto subtopology = subtopologies_.find(id);
      if (subtopology == subtopologies_.end())
        return fail(ErrorCode::kUnknownServerError, "Subtopology " + id + " is not there");
      for (const std::string_view name : source_topics(subtopology->second)) {
        const auto topic_id = topics_.id_of(name);
        if (!topic_id) {
          return fail(ErrorCode::kUnknownServerError,
                      "Topic " + std::string(name) + " not found in metadata image");
        }
        TaskTopic& topic = task_topics.emplace_back();
        topic.topic = name;
        for (const auto& partition : partitions)
          topic.partitions.push_back(number_of(partition));
        const auto most = static_cast<std::size_t>(topics_.partition_count(*topic_id).value_or(0));
        if (most < topic.partitions.size()) topic.partitions.resize(most);
      }
    }
    return task_topics;
  }

 private:
  static std::int32_t number_of(std::int32_t partition) { return partition; }
  static std::int32_t number_of(const std::pair<const std::int32_t, std::int32_t>& partition) {
    return partition.first;
  }

  const ConfiguredSubtopologies& subtopologies_;
  const TopicsView& topics_;
};

}  // namespace

Result<std::vector<EndpointPartitions>> partitions_by_endpoint(const StreamsGroup& group,
                                                               const ConfiguredTopology& topology,
                                                               const TopicsView& topics,
                                                               std::string_view last) {
  std::vector<const StreamsMember*> members;
  for (const bool is_last : {false, true}) {
    for (const auto& [id, member] : group.members()) {
      if (member->metadata.user_endpoint && (id == last) == is_last) members.push_back(member.get());
    }
  }
  if (members.empty()) return std::vector<EndpointPartitions>();
  if (!topology.subtopologies)
    return fail(ErrorCode::kUnknownServerError, "There are no tasks to tell of endpoints");
  const Partitions partitions(*topology.subtopologies, topics);
  std::vector<EndpointPartitions> all;
  for (const StreamsMember* member : members) {
    auto active = partitions.of(member->current.assigned.active);
    if (!active) return fail(std::move(active).error());
    auto standby = partitions.of(member->current.assigned.standby);
    if (!standby) return fail(std::move(standby).error());
    all.push_back({.endpoint = *member->metadata.user_endpoint,
                   .active = *std::move(active),
                   .standby = *std::move(standby)});
  }
  return all;
}

}  // namespace moldau::coordinator
