#pragma once

#include <string_view>

#include "config/broker_config.h"
#include "runtime/coordinator_table.h"
#include "runtime/group_partition.h"

namespace moldau::runtime {

inline constexpr std::string_view kOffsetsTopic = "__consumer_offsets";

/// The group coordinators of one shard.
class GroupTable : public CoordinatorTable<GroupPartition> {
 public:
  /// All of it outlives the table.
  GroupTable(Shard& shard, PartitionTable& partitions, const config::BrokerConfig& config);

  /// Follows the partitions that the shard leads after `delta` was applied to its partition table.
  void apply(const ClusterView& view, const metadata::ImageDelta& delta);

 private:
  Shard& shard_;
  coordinator::GroupCoordinatorConfig config_;
};

}  // namespace moldau::runtime
