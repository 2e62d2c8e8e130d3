#include "runtime/share_state_table.h"

#include <memory>
#include <set>
#include <utility>

namespace moldau::runtime {

ShareStateTable::ShareStateTable(Shard& shard, PartitionTable& partitions, const config::BrokerConfig& config)
    : CoordinatorTable(kShareStateTopic, shard, partitions, BrokerId(config.node.node_id)),
      shard_(shard),
      config_{.updates_per_snapshot = config.share_coordinator.updates_per_snapshot,
              .cold_partition_snapshot_interval_ms =
                  config.share_coordinator.cold_partition_snapshot_interval_ms},
      appends_{.linger_ms = config.share_coordinator.append_linger_ms,
               .codec = static_cast<records::Codec>(config.share_coordinator.state_topic_compression_codec)} {
}

void ShareStateTable::apply(const ClusterView& view, const metadata::ImageDelta& delta) {
  CoordinatorTable::apply(view, delta, [this](std::shared_ptr<Partition> partition) {
    return std::make_shared<ShareStatePartition>(shard_, std::move(partition), config_, appends_);
  });
  std::set<Uuid> deleted;
  for (const auto& [id, topic] : delta.removed_topics) {
    deleted.insert(id);
  }
  if (deleted.empty()) return;
  for (const auto& share_state : all()) {
    share_state->topics_deleted(deleted);
  }
}

void ShareStateTable::snapshot_cold() {
  for (const auto& share_state : all()) {
    share_state->snapshot_cold();
  }
}

void ShareStateTable::prune() {
  for (const auto& share_state : all()) {
    share_state->prune();
  }
}

}  // namespace moldau::runtime
