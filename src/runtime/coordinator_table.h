#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "metadata/image.h"
#include "runtime/cluster_view.h"
#include "runtime/partition_table.h"
#include "runtime/shard.h"

namespace moldau::runtime {

/// The coordinators of one shard: one for each partition of an internal topic that it leads. A Coordinator
/// has load(), resign() and is_retired().
template <class Coordinator>
class CoordinatorTable {
 public:
  /// All of it outlives the table.
  CoordinatorTable(std::string_view topic, Shard& shard, PartitionTable& partitions, BrokerId node_id)
      : topic_(topic), shard_(shard), partitions_(partitions), node_id_(node_id) {}

  /// The coordinator on that partition; nullptr when this shard does not lead it.
  std::shared_ptr<Coordinator> find(std::int32_t partition) const {
    const auto found = coordinators_.find(partition);
    return found == coordinators_.end() ? nullptr : found->second;
  }

  /// All of them, by partition.
  std::vector<std::shared_ptr<Coordinator>> all() const {
    std::vector<std::shared_ptr<Coordinator>> all;
    for (const auto& [partition, coordinator] : coordinators_) {
      all.push_back(coordinator);
    }
    return all;
  }

  /// Follows the partitions that the shard leads after `delta` was applied to its partition table.
  /// `make(partition)` gives the coordinator on one that is led here now, which is then loaded.
  template <class Make>
  void apply(const ClusterView& view, const metadata::ImageDelta& delta, Make make) {
    for (const auto& [id, topic] : delta.removed_topics) {
      if (topic->name() == topic_) resign_all();
    }
    const metadata::Topic* topic = view.image.topic(topic_);
    if (topic == nullptr || !delta.topics.contains(topic->id())) return;
    topic->for_each_partition([&](std::int32_t partition, const metadata::Partition& state) {
      const auto here = coordinators_.find(partition);
      // A replica that nobody leads yet does not know what of it is committed.
      if (state.leader != node_id_) {
        if (here == coordinators_.end()) return;
        here->second->resign();
        coordinators_.erase(here);
        return;
      }
      if (here != coordinators_.end()) return;
      auto led = partitions_.find(topic->id(), partition);
      if (!led) return;
      std::shared_ptr<Coordinator> coordinator = make(*std::move(led));
      coordinators_.emplace(partition, coordinator);
      shard_.tasks().spawn(coordinator->load());
    });
  }

  /// Ends those whose partitions are not served any more.
  void resign_retired() {
    std::erase_if(coordinators_, [](const auto& one) {
      if (!one.second->is_retired()) return false;
      one.second->resign();
      return true;
    });
  }

  /// The node stops.
  void resign_all() {
    for (const auto& [partition, coordinator] : coordinators_) {
      coordinator->resign();
    }
    coordinators_.clear();
  }

 private:
  std::string_view topic_;
  Shard& shard_;
  PartitionTable& partitions_;
  BrokerId node_id_;
  std::map<std::int32_t, std::shared_ptr<Coordinator>> coordinators_;
};

}  // namespace moldau::runtime
