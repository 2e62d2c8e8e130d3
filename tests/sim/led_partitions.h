#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "runtime/node.h"

namespace moldau::sim {

/// Calls visit(shard, index, partition) for each partition of the topic that a shard of the node leads.
template <class Visit>
void for_each_led_partition(runtime::Node& node, std::string_view topic, Visit visit) {
  for (std::uint32_t i = 0; i < node.shards().count(); ++i) {
    const runtime::ShardId shard(i);
    const auto view = node.cluster_view(node.shards()[shard]);
    const metadata::Topic* known = view->image.topic(topic);
    if (known == nullptr) continue;
    known->for_each_partition([&](std::int32_t index, const metadata::Partition&) {
      const auto partition = node.partitions(shard).find(known->id(), index);
      if (partition) visit(shard, index, *partition);
    });
  }
}

}  // namespace moldau::sim
