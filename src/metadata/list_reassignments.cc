#include <utility>

#include "metadata/reassignment_decisions.h"

namespace moldau::metadata {
namespace {

void add_if_ongoing(std::int32_t partition_id, const Partition& partition, ReassigningTopic& topic) {
  if (!partition.is_reassigning()) return;
  topic.partitions.push_back({.partition_id = partition_id,
                              .replicas = partition.replicas,
                              .adding = partition.adding,
                              .removing = partition.removing});
}

void add_if_any(ReassigningTopic topic, std::vector<ReassigningTopic>& all) {
  if (!topic.partitions.empty()) all.push_back(std::move(topic));
}

}  // namespace

std::vector<ReassigningTopic> list_partition_reassignments(
    const protocol::ListPartitionReassignmentsRequest& request, const Image& image) {
  std::vector<ReassigningTopic> all;
  if (!request.topics) {
    for (const auto& [id, topic] : image.topics) {
      ReassigningTopic ongoing{.name = topic->name()};
      topic->for_each_partition([&](std::int32_t partition_id, const Partition& partition) {
        add_if_ongoing(partition_id, partition, ongoing);
      });
      add_if_any(std::move(ongoing), all);
    }
    return all;
  }
  for (const auto& wanted : *request.topics) {
    const Topic* topic = image.topic(wanted.name.value());
    if (topic == nullptr) continue;
    ReassigningTopic ongoing{.name = topic->name()};
    for (const std::int32_t partition_id : wanted.partition_indexes) {
      const Partition* partition = topic->find(partition_id);
      if (partition != nullptr) add_if_ongoing(partition_id, *partition, ongoing);
    }
    add_if_any(std::move(ongoing), all);
  }
  return all;
}

}  // namespace moldau::metadata
