#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "config/broker_config.h"
#include "observe/groups_report.h"
#include "runtime/coordinator_table.h"
#include "runtime/group_partition.h"
#include "runtime/group_settings.h"

namespace moldau::runtime {

inline constexpr std::string_view kOffsetsTopic = "__consumer_offsets";

/// The group coordinators of one shard.
class GroupTable : public CoordinatorTable<GroupPartition> {
 public:
  /// All of it outlives the table.
  GroupTable(Shard& shard, PartitionTable& partitions, const config::BrokerConfig& config);

  /// Follows the partitions that the shard leads after `delta` was applied to its partition table, and tells
  /// the coordinators of topics that are others now.
  void apply(const ClusterView& view, const metadata::ImageDelta& delta);

  observe::GroupsReport report() const;

 private:
  Shard& shard_;
  GroupSettings settings_;
  AppendQueue::Settings appends_;
};

}  // namespace moldau::runtime
