#pragma once

#include <cstdint>
#include <string_view>

#include "config/broker_config.h"
#include "runtime/coordinator_table.h"
#include "runtime/share_state_partition.h"

namespace moldau::runtime {

inline constexpr std::string_view kShareStateTopic = "__share_group_state";

/// The share coordinators of one shard.
class ShareStateTable : public CoordinatorTable<ShareStatePartition> {
 public:
  /// All of it outlives the table.
  ShareStateTable(Shard& shard, PartitionTable& partitions, const config::BrokerConfig& config);

  /// Follows the partitions that the shard leads after `delta` was applied to its partition table.
  void apply(const ClusterView& view, const metadata::ImageDelta& delta);

  /// Writes snapshots of share partitions whose last one is old.
  void snapshot_cold();
  /// Deletes records that later ones have made redundant.
  void prune();

 private:
  Shard& shard_;
  coordinator::ShareCoordinatorConfig config_;
  AppendQueue::Settings appends_;
};

}  // namespace moldau::runtime
