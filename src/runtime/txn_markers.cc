#include "runtime/txn_markers.h"

#include "runtime/group_table.h"
#include "runtime/partition_table.h"
#include "runtime/shards.h"

namespace moldau::runtime {
namespace {

/// Runs on the shard that owns the partition.
Task<ErrorCode> write_here(Node& node, Shard& shard, Uuid topic_id, std::int32_t partition_id,
                           bool has_offsets, log::TransactionMarker marker) {
  const auto partition = node.partitions(shard.id()).find(topic_id, partition_id);
  if (!partition) co_return ErrorCode::kUnknownTopicOrPartition;
  if (has_offsets) {
    const auto groups = node.groups(shard.id()).find(partition_id);
    // The transaction's coordinator is to try again when this one is ready.
    if (!groups) co_return ErrorCode::kNotLeaderOrFollower;
    co_return co_await groups->complete_transaction(marker);
  }
  const Instant deadline = shard.now() + from_ms(node.config().network.request_timeout_ms);
  co_return co_await (*partition)->end_transaction(marker, deadline);
}

}  // namespace

Task<ErrorCode> write_marker(Node& node, Shard& here, std::string topic, std::int32_t partition,
                             log::TransactionMarker marker) {
  const ClusterViewPtr view = node.cluster_view(here);
  const metadata::Topic* found = view->image.topic(topic);
  if (found == nullptr || found->find(partition) == nullptr) co_return ErrorCode::kUnknownTopicOrPartition;
  const Uuid id = found->id();
  Shard& owner = node.shards()[node.shards().owner_of(id, partition)];
  const bool has_offsets = topic == kOffsetsTopic;
  co_return co_await on_shard<ErrorCode>(here, owner, [&node, &owner, id, partition, has_offsets, marker] {
    return write_here(node, owner, id, partition, has_offsets, marker);
  });
}

}  // namespace moldau::runtime
