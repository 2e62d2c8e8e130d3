#include "api/list_offsets.h"

#include <functional>
#include <utility>

#include "runtime/partition.h"
#include "runtime/partition_table.h"

namespace moldau::api {
namespace {

using runtime::OffsetOutcome;
using runtime::Partition;
using runtime::Task;

/// Asks the partition on the shard that owns it; `ask` is a function of (Partition&) to OffsetOutcome.
template <class Ask>
Task<OffsetOutcome> ask_partition(Context& context, TopicName name, std::int32_t partition_id, Ask ask) {
  const metadata::Topic* topic = context.cluster->image.topic(name.value());
  OffsetOutcome outcome;
  if (topic == nullptr || topic->find(partition_id) == nullptr) {
    outcome.error = ErrorCode::kUnknownTopicOrPartition;
    co_return outcome;
  }
  const Uuid id = topic->id();
  const runtime::ShardId owner = context.node.shards().owner_of(id, partition_id);
  runtime::PartitionTable& table = context.node.partitions(owner);
  co_return co_await runtime::on_shard<OffsetOutcome>(
      context.shard, context.node.shards()[owner], [&table, id, partition_id, ask]() {
        return [](runtime::PartitionTable& there, Uuid topic_id, std::int32_t index,
                  Ask question) -> Task<OffsetOutcome> {
          const auto partition = there.find(topic_id, index);
          if (partition) co_return question(*partition);
          OffsetOutcome absent;
          absent.error = ErrorCode::kNotLeaderOrFollower;
          co_return absent;
        }(table, id, partition_id, ask);
      });
}

/// Special timestamps that a version does not know yet.
bool is_unknown_special(TimestampMs timestamp_ms, std::int16_t version) {
  switch (timestamp_ms) {
    case runtime::kMaxTimestamp:
      return version < 7;
    case runtime::kEarliestLocalTimestamp:
      return version < 8;
    case runtime::kLatestTieredTimestamp:
      return version < 9;
    case runtime::kEarliestPendingUploadTimestamp:
      return version < 11;
    default:
      return timestamp_ms < runtime::kEarliestPendingUploadTimestamp;
  }
}

}  // namespace

Task<protocol::ListOffsetsResponse> list_offsets(Context& context,
                                                 const protocol::ListOffsetsRequest& request) {
  protocol::ListOffsetsResponse response;
  const bool read_committed = request.isolation_level == 1;
  for (const auto& topic : request.topics) {
    auto& answered = response.topics.emplace_back();
    answered.name = topic.name;
    for (const auto& asked : topic.partitions) {
      OffsetOutcome outcome;
      if (is_unknown_special(asked.timestamp, context.request.version)) {
        outcome.error = ErrorCode::kUnsupportedVersion;
      } else {
        outcome = co_await ask_partition(
            context, topic.name, asked.partition_index, [&asked, read_committed](Partition& partition) {
              return partition.offset_for(asked.timestamp, asked.current_leader_epoch, read_committed);
            });
      }
      auto& result = answered.partitions.emplace_back();
      result.partition_index = asked.partition_index;
      result.error_code = outcome.error;
      result.timestamp = outcome.timestamp_ms;
      result.offset = outcome.offset;
      if (context.request.version >= 4) result.leader_epoch = outcome.leader_epoch;
    }
  }
  co_return response;
}

Task<protocol::OffsetForLeaderEpochResponse> offset_for_leader_epoch(
    Context& context, const protocol::OffsetForLeaderEpochRequest& request) {
  protocol::OffsetForLeaderEpochResponse response;
  for (const auto& topic : request.topics) {
    auto& answered = response.topics.emplace_back();
    answered.topic = topic.topic;
    for (const auto& asked : topic.partitions) {
      const OffsetOutcome outcome =
          co_await ask_partition(context, topic.topic, asked.partition, [&asked](Partition& partition) {
            return partition.end_of_epoch(asked.leader_epoch, asked.current_leader_epoch);
          });
      auto& result = answered.partitions.emplace_back();
      result.error_code = outcome.error;
      result.partition = asked.partition;
      result.leader_epoch = outcome.leader_epoch;
      result.end_offset = outcome.offset;
    }
  }
  co_return response;
}

}  // namespace moldau::api
