// What a shard says of its replicas (docs/metrics.md).

#include <algorithm>

#include "runtime/partition_table.h"

namespace moldau::runtime {
namespace {

/// What the cluster says of it; a replica whose topic has just gone is led by nobody.
void add_state(const metadata::Partition& state, BrokerId node_id, std::int32_t min_in_sync,
               observe::PartitionReport& report) {
  report.is_led_here = state.leader == node_id;
  report.replicas = state.replicas.size();
  report.in_sync = state.isr.size();
  // A topic cannot demand more replicas than it has.
  report.min_in_sync = std::min(static_cast<std::size_t>(std::max(min_in_sync, 0)), report.replicas);
}

observe::PartitionReport report_of(const Partition& partition) {
  const log::PartitionLog& log = partition.log();
  const std::int64_t high_watermark = partition.high_watermark();
  return {.topic = partition.identity().name.topic,
          .partition = partition.identity().name.partition,
          .producer_ids = log.producers().size(),
          .segments = log.segment_count(),
          .size_bytes = log.size_bytes(),
          .log_start_offset = log.log_start_offset(),
          .log_end_offset = log.log_end_offset(),
          .last_stable_offset_lag = high_watermark - log.last_stable_offset(high_watermark),
          .counters = partition.counters()};
}

}  // namespace

observe::ShardReport PartitionTable::report(const ClusterView& view) const {
  observe::ShardReport report;
  report.offline_replicas = offline_.size();
  report.departed = departed_;
  report.partitions.reserve(held_.size());
  for (const auto& [key, held] : held_) {
    observe::PartitionReport& replica = report.partitions.emplace_back(report_of(*held.partition));
    if (const metadata::Partition* state = view.image.partition(key.first, key.second)) {
      add_state(*state, surroundings_.node_id, held.partition->config().min_insync_replicas, replica);
    }
  }
  return report;
}

}  // namespace moldau::runtime
