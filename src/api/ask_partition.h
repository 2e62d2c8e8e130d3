#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "api/context.h"
#include "runtime/partition.h"
#include "runtime/partition_table.h"
#include "runtime/shards.h"
#include "runtime/task.h"

namespace moldau::api {

/// Asks a partition on the shard that owns it; `ask` is a function of (runtime::Partition&) to Outcome, which
/// has an `error`: UNKNOWN_TOPIC_OR_PARTITION if there is no such partition, or the table's if it is not led
/// here.
template <class Outcome, class Ask>
runtime::Task<Outcome> ask_partition(Context& context, std::string_view topic_name, std::int32_t partition_id,
                                     Ask ask) {
  const metadata::Topic* topic = context.cluster->image.topic(topic_name);
  Outcome outcome;
  if (topic == nullptr || topic->find(partition_id) == nullptr) {
    outcome.error = ErrorCode::kUnknownTopicOrPartition;
    co_return outcome;
  }
  const Uuid id = topic->id();
  const runtime::ShardId owner = context.node.shards().owner_of(id, partition_id);
  runtime::PartitionTable& table = context.node.partitions(owner);
  co_return co_await runtime::on_shard<Outcome>(
      context.shard, context.node.shards()[owner], [&table, id, partition_id, ask]() {
        return [](runtime::PartitionTable& there, Uuid topic_id, std::int32_t index,
                  Ask question) -> runtime::Task<Outcome> {
          const auto partition = there.find(topic_id, index);
          if (partition) co_return question(**partition);
          Outcome absent;
          absent.error = partition.error().code;
          co_return absent;
        }(table, id, partition_id, ask);
      });
}

}  // namespace moldau::api
