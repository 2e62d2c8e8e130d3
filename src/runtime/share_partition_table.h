#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "metadata/image.h"
#include "runtime/led_share_partition.h"
#include "runtime/partition_table.h"
#include "runtime/shard.h"
#include "share/share_partition.h"

namespace moldau::runtime {

/// The partitions of one shard as share groups read them.
class SharePartitionTable {
 public:
  /// All of it outlives the table.
  SharePartitionTable(Node& node, Shard& shard, PartitionTable& partitions);
  ~SharePartitionTable();
  SharePartitionTable(const SharePartitionTable&) = delete;
  SharePartitionTable& operator=(const SharePartitionTable&) = delete;

  /// The share partition, made where there is none; it is loaded with the first read. The errors of
  /// PartitionTable::find().
  Result<std::shared_ptr<LedSharePartition>> find_or_make(const share::SharePartitionId& id);
  /// nullptr where there is none.
  std::shared_ptr<LedSharePartition> find(const share::SharePartitionId& id) const;
  /// Forgets it, and tells those who wait for it.
  void drop(const share::SharePartitionId& id);
  /// Forgets those of a group that nobody reads any more.
  void drop_group(std::string_view group);
  /// Forgets those whose partitions are led elsewhere now, or are gone.
  void drop_stale();
  /// Forgets all: the node stops, or there are no share groups any more.
  void clear();

  std::size_t size() const { return partitions_by_id_.size(); }

 private:
  Node& node_;
  Shard& shard_;
  PartitionTable& partitions_;
  std::function<void(LedSharePartition&)> on_useless_;
  std::map<share::SharePartitionId, std::shared_ptr<LedSharePartition>> partitions_by_id_;
};

}  // namespace moldau::runtime
