#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "config/broker_config.h"
#include "metadata/image.h"
#include "runtime/cluster_view.h"
#include "runtime/group_partition.h"
#include "runtime/partition_table.h"
#include "runtime/shard.h"

namespace moldau::runtime {

inline constexpr std::string_view kOffsetsTopic = "__consumer_offsets";

/// The group coordinators of one shard: one for each partition of __consumer_offsets that it leads.
class GroupTable {
 public:
  /// All of it outlives the table.
  GroupTable(Shard& shard, PartitionTable& partitions, const config::BrokerConfig& config);

  /// The coordinator on that partition; nullptr when this shard does not lead it.
  std::shared_ptr<GroupPartition> find(std::int32_t partition) const;
  /// All of them, by partition.
  std::vector<std::shared_ptr<GroupPartition>> all() const;

  /// Follows the partitions that the shard leads after `delta` was applied to its partition table.
  void apply(const ClusterView& view, const metadata::ImageDelta& delta);

  /// Ends those whose partitions are not served any more.
  void resign_retired();

  /// The node stops.
  void resign_all();

 private:
  Shard& shard_;
  PartitionTable& partitions_;
  BrokerId node_id_;
  coordinator::GroupCoordinatorConfig config_;
  std::map<std::int32_t, std::shared_ptr<GroupPartition>> groups_;
};

}  // namespace moldau::runtime
