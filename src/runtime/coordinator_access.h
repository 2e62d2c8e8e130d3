#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "coordinator/partition_for.h"
#include "metadata/image.h"
#include "runtime/node.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace moldau::runtime {

/// The partition of an internal topic that keeps what belongs to `key`; nullopt where there is no such topic.
inline std::optional<std::int32_t> coordinator_partition(const metadata::Image& image,
                                                         std::string_view topic_name, std::string_view key) {
  const metadata::Topic* topic = image.topic(topic_name);
  if (topic == nullptr || topic->partition_count() == 0) return std::nullopt;
  return coordinator::partition_for(key, static_cast<std::int32_t>(topic->partition_count()));
}

/// Asks the coordinator of `key` on its shard, for a caller on shard `here`. `tables` is where the node keeps
/// the coordinators of the internal topic's partitions; `ask(coordinator)` gives a Task<Outcome>,
/// `refuse(ErrorCode)` the outcome where this node is not the coordinator.
template <class Outcome, class Table, class Ask, class Refuse>
Task<Outcome> ask_coordinator_of(Node& node, Shard& here, std::string_view topic_name,
                                 Table& (Node::*tables)(ShardId), std::string_view key, Ask ask,
                                 Refuse refuse) {
  const ClusterViewPtr view = node.cluster_view(here);
  const auto partition = coordinator_partition(view->image, topic_name, key);
  if (!partition) co_return refuse(ErrorCode::kNotCoordinator);
  const ShardId owner = node.shards().owner_of(view->image.topic(topic_name)->id(), *partition);
  Table& table = (node.*tables)(owner);
  auto run = [&table, partition = *partition, &ask, &refuse]() -> Task<Outcome> {
    const auto found = table.find(partition);
    if (!found) co_return refuse(ErrorCode::kNotCoordinator);
    co_return co_await ask(*found);
  };
  co_return co_await on_shard<Outcome>(here, node.shards()[owner], [&run] { return run(); });
}

}  // namespace moldau::runtime
