#include "runtime/group_table.h"

#include <memory>
#include <utility>
#include <vector>

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
    : CoordinatorTable(kOffsetsTopic, shard, partitions, BrokerId(config.node.node_id)),
      shard_(shard),
      config_(settings_of(config)) {}

void GroupTable::apply(const ClusterView& view, const metadata::ImageDelta& delta) {
  std::vector<coordinator::DeletedTopic> deleted;
  for (const auto& [id, topic] : delta.removed_topics) {
    deleted.push_back({.id = id, .name = topic->name()});
  }
  CoordinatorTable::apply(view, delta, [this](std::shared_ptr<Partition> partition) {
    return std::make_shared<GroupPartition>(shard_, std::move(partition), config_);
  });
  if (deleted.empty()) return;
  for (const auto& groups : all()) {
    groups->topics_deleted(deleted);
  }
}

}  // namespace moldau::runtime
