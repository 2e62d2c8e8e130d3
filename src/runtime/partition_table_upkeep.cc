// What is done for all replicas of a shard from time to time, and what is asked of all of them.

#include <algorithm>
#include <utility>

#include "runtime/partition_table.h"

namespace moldau::runtime {

void PartitionTable::Checkpoints::merge(Checkpoints more) {
  recovery_points.merge(more.recovery_points);
  log_starts.merge(more.log_starts);
  high_watermarks.merge(more.high_watermarks);
  compacted.merge(more.compacted);
}

bool PartitionTable::Checkpoints::mention(const log::PartitionName& name) const {
  return recovery_points.contains(name) || log_starts.contains(name) || high_watermarks.contains(name) ||
         compacted.contains(name);
}

void PartitionTable::Checkpoints::forget(const log::PartitionName& name) {
  recovery_points.erase(name);
  log_starts.erase(name);
  high_watermarks.erase(name);
  compacted.erase(name);
}

std::vector<PartitionTable::Checkpoints> PartitionTable::checkpoints() {
  std::vector<Checkpoints> all(surroundings_.log_dirs.size());
  for (auto& [key, held] : held_) {
    Checkpoints& mine = all[held.log_dir];
    const log::PartitionName& name = held.partition->identity().name;
    log::PartitionLog& log = held.partition->log();
    mine.recovery_points[name] = log.recovery_point();
    if (log.log_start_offset() > 0) mine.log_starts[name] = log.log_start_offset();
    mine.high_watermarks[name] = held.partition->high_watermark();
    if (const auto offset = held.compaction->compacted_up_to()) mine.compacted[name] = *offset;
    held.noted_log_start = log.log_start_offset();
  }
  return all;
}

void PartitionTable::checkpoints_written() {
  for (const auto& [key, held] : held_) {
    held.partition->log_start_checkpointed(held.noted_log_start);
  }
}

void PartitionTable::apply_retention_to_compacted() {
  for (const auto& [key, held] : held_) {
    if (held.partition->config().compact) held.partition->apply_retention();
  }
}

std::optional<PartitionTable::Dirty> PartitionTable::dirtiest() {
  std::optional<Dirty> dirtiest;
  for (const auto& [key, held] : held_) {
    const auto ratio = held.compaction->dirtiness();
    if (ratio && (!dirtiest || *ratio > dirtiest->ratio)) dirtiest = {.key = key, .ratio = *ratio};
  }
  return dirtiest;
}

Task<bool> PartitionTable::compact(Key key, std::shared_ptr<CleanerDesk> desk) {
  const auto found = held_.find(key);
  if (found == held_.end()) co_return false;
  const auto compaction = found->second.compaction;
  co_return co_await compaction->run(std::move(desk));
}

std::vector<PartitionTable::LogSize> PartitionTable::log_sizes() const {
  std::vector<LogSize> sizes;
  sizes.reserve(held_.size());
  for (const auto& [key, held] : held_) {
    const Partition& partition = *held.partition;
    const std::int64_t lag = partition.high_watermark() - partition.log().log_end_offset();
    sizes.push_back({.name = partition.identity().name,
                     .log_dir = held.log_dir,
                     .size_bytes = partition.log().size_bytes(),
                     .offset_lag = std::max(lag, std::int64_t{0})});
    const log::PartitionLog* copy = held.move ? held.move->copy() : nullptr;
    if (copy == nullptr) continue;
    sizes.push_back({.name = partition.identity().name,
                     .log_dir = held.move->target(),
                     .size_bytes = copy->size_bytes(),
                     .offset_lag = partition.log().log_end_offset() - copy->log_end_offset(),
                     .is_copy = true});
  }
  return sizes;
}

void PartitionTable::apply_retention() {
  for (const auto& [key, held] : held_) {
    held.partition->apply_retention();
  }
}

void PartitionTable::remove_expired_producers() {
  for (const auto& [key, held] : held_) {
    held.partition->remove_expired_producers();
  }
}

std::vector<Result<PartitionTable::Checkpoints>> PartitionTable::close() {
  std::vector<Result<Checkpoints>> closed(surroundings_.log_dirs.size());
  for (const auto& [key, held] : held_) {
    const auto done = held.partition->log().close_clean();
    if (!done && closed[held.log_dir]) closed[held.log_dir] = fail(done.error());
  }
  auto all = checkpoints();
  for (std::size_t i = 0; i < closed.size(); ++i) {
    if (closed[i]) closed[i] = std::move(all[i]);
  }
  return closed;
}

}  // namespace moldau::runtime
