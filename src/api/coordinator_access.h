#pragma once

#include <cstdint>
#include <string_view>

#include "coordinator/partition_for.h"
#include "runtime/node.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace moldau::api {

/// Asks the coordinator of `key` on its shard, for a caller on shard `here`. `tables` is where the node keeps
/// the coordinators of the internal topic's partitions; `ask(coordinator)` gives a Task<Outcome>,
/// `refuse(ErrorCode)` the outcome where this node is not the coordinator.
template <class Outcome, class Table, class Ask, class Refuse>
runtime::Task<Outcome> ask_coordinator_of(runtime::Node& node, runtime::Shard& here,
                                          std::string_view topic_name,
                                          Table& (runtime::Node::*tables)(runtime::ShardId),
                                          std::string_view key, Ask ask, Refuse refuse) {
  const runtime::ClusterViewPtr view = node.cluster_view(here);
  const metadata::Topic* topic = view->image.topic(topic_name);
  if (topic == nullptr || topic->partition_count() == 0) co_return refuse(ErrorCode::kNotCoordinator);
  const std::int32_t partition =
      coordinator::partition_for(key, static_cast<std::int32_t>(topic->partition_count()));
  const runtime::ShardId owner = node.shards().owner_of(topic->id(), partition);
  Table& table = (node.*tables)(owner);
  auto run = [&table, partition, &ask, &refuse]() -> runtime::Task<Outcome> {
    const auto found = table.find(partition);
    if (!found) co_return refuse(ErrorCode::kNotCoordinator);
    co_return co_await ask(*found);
  };
  co_return co_await runtime::on_shard<Outcome>(here, node.shards()[owner], [&run] { return run(); });
}

}  // namespace moldau::api
