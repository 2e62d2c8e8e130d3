#include "runtime/group_table.h"

namespace moldau::runtime {
namespace {

coordinator::GroupCoordinatorConfig settings_of(const config::BrokerConfig& config) {
  return {.initial_rebalance_delay_ms = config.groups.initial_rebalance_delay_ms,
          .min_session_timeout_ms = config.groups.min_session_timeout_ms,
          .max_session_timeout_ms = config.groups.max_session_timeout_ms,
          .max_size = config.groups.max_size,
          .offset_metadata_max_bytes = config.offsets.metadata_max_bytes,
          .offsets_retention_ms = config.offsets.retention_ms,
          .retention_check_interval_ms = config.offsets.retention_check_interval_ms};
}

}  // namespace

GroupTable::GroupTable(Shard& shard, PartitionTable& partitions, const config::BrokerConfig& config)
    : shard_(shard), partitions_(partitions), node_id_(config.node.node_id), config_(settings_of(config)) {}

std::shared_ptr<GroupPartition> GroupTable::find(std::int32_t partition) const {
  const auto found = groups_.find(partition);
  return found == groups_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<GroupPartition>> GroupTable::all() const {
  std::vector<std::shared_ptr<GroupPartition>> groups;
  for (const auto& [partition, group] : groups_) {
    groups.push_back(group);
  }
  return groups;
}

void GroupTable::apply(const ClusterView& view, const metadata::ImageDelta& delta) {
  for (const auto& [id, topic] : delta.removed_topics) {
    if (topic->name() == kOffsetsTopic) resign_all();
  }
  if (!delta.removed_topics.empty()) {
    std::vector<coordinator::DeletedTopic> deleted;
    for (const auto& [id, topic] : delta.removed_topics) {
      deleted.push_back({.id = id, .name = topic->name()});
    }
    for (const auto& [partition, group] : groups_) {
      group->topics_deleted(deleted);
    }
  }
  const metadata::Topic* topic = view.image.topic(kOffsetsTopic);
  if (topic == nullptr || !delta.topics.contains(topic->id())) return;
  topic->for_each_partition([&](std::int32_t partition, const metadata::Partition& state) {
    const auto here = groups_.find(partition);
    // A replica that nobody leads yet does not know what of it is committed.
    if (state.leader != node_id_) {
      if (here == groups_.end()) return;
      here->second->resign();
      groups_.erase(here);
      return;
    }
    if (here != groups_.end()) return;
    auto led = partitions_.find(topic->id(), partition);
    if (!led) return;
    auto group = std::make_shared<GroupPartition>(shard_, *std::move(led), config_);
    groups_.emplace(partition, group);
    shard_.tasks().spawn(group->load());
  });
}

void GroupTable::resign_retired() {
  std::erase_if(groups_, [](const auto& one) {
    if (!one.second->is_retired()) return false;
    one.second->resign();
    return true;
  });
}

void GroupTable::resign_all() {
  for (const auto& [partition, group] : groups_) {
    group->resign();
  }
  groups_.clear();
}

}  // namespace moldau::runtime
