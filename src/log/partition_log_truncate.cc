#include <algorithm>
#include <iterator>
#include <utility>

#include "base/assert.h"
#include "log/partition_log.h"
#include "log/producer_rebuild.h"

namespace moldau::log {

Result<void> PartitionLog::truncate_to(std::int64_t offset, TimestampMs now_ms) {
  if (auto usable = check_usable(); !usable) return usable;
  require(offset >= 0, "logs are truncated to offsets");
  if (offset >= log_.log_end_offset) {
    // A leader that appended nothing may have left an epoch at the log's end.
    log_.epochs.truncate_from_end(log_.log_end_offset);
    return {};
  }
  if (offset < log_.segments.first().base_offset()) return truncate_fully_and_start_at(offset, now_ms);
  return guard(truncate_segments(offset, now_ms));
}

Result<void> PartitionLog::truncate_segments(std::int64_t offset, TimestampMs now_ms) {
  require(!is_swapping(), "a log is not truncated while segments are swapped");
  ++generation_;
  bound_ = {};
  while (log_.segments.last().base_offset() > offset) {
    const std::shared_ptr<Segment> later = std::prev(log_.segments.end())->second;
    if (auto removed = remove_segment(*later); !removed) return removed;
  }
  const auto cut = log_.segments.last().truncate_to(offset, now_ms);
  if (!cut) return fail(cut.error());
  const auto end = log_.segments.last().end();
  if (!end) return fail(end.error());
  log_.log_end_offset = offset;
  log_.recovery_point = std::min(log_.recovery_point, std::min(offset, end->next_offset));
  durable_stable_offset_ = std::min(durable_stable_offset_, log_.recovery_point);
  log_.log_start_offset = std::min(log_.log_start_offset, offset);
  log_.epochs.truncate_from_end(offset);
  return rebuild_producers(now_ms);
}

Result<void> PartitionLog::rebuild_producers(TimestampMs now_ms) {
  auto files = rebuild_producer_state(
      log_.producers, log_.snapshots, log_.segments,
      {.log_start_offset = log_.log_start_offset, .end_offset = log_.log_end_offset, .now_ms = now_ms});
  if (!files) return fail(std::move(files).error());
  if (!files->empty()) log_.is_directory_dirty = true;
  log_.unsynced_files.insert(log_.unsynced_files.end(), files->begin(), files->end());
  return {};
}

Result<void> PartitionLog::remove_segment(Segment& segment) {
  log_.is_directory_dirty = true;
  if (auto removed = segment.remove_files(); !removed) return removed;
  if (auto removed = log_.snapshots.remove(segment.base_offset()); !removed) return removed;
  log_.segments.remove(segment.base_offset());
  return {};
}

Result<void> PartitionLog::truncate_fully_and_start_at(std::int64_t offset, TimestampMs now_ms) {
  if (auto usable = check_usable(); !usable) return usable;
  require(offset >= 0, "logs start at offsets");
  require(offset >= removing_below_, "no file of a segment is made while one of that name is being removed");
  require(!is_swapping(), "a log is not truncated while segments are swapped");
  const auto replace_all = [&]() -> Result<void> {
    ++generation_;
    bound_ = {};
    for (const std::int64_t base_offset : std::exchange(dropped_segments_, {})) {
      if (auto removed = remove_segment_files(*directory_, base_offset); !removed) return removed;
    }
    while (!log_.segments.empty()) {
      const std::shared_ptr<Segment> last = std::prev(log_.segments.end())->second;
      if (auto removed = remove_segment(*last); !removed) return removed;
    }
    auto segment = Segment::create(directory_, offset, config_.segment, now_ms);
    if (!segment) return fail(std::move(segment).error());
    log_.segments.add(*std::move(segment));
    log_.log_end_offset = offset;
    log_.log_start_offset = offset;
    log_.recovery_point = std::min(log_.recovery_point, offset);
    durable_stable_offset_ = std::min(durable_stable_offset_, log_.recovery_point);
    log_.epochs.clear();
    log_.epochs.mark_dirty();
    if (auto removed = log_.snapshots.remove_all(); !removed) return removed;
    log_.snapshots.forget_last_taken();
    log_.producers.reset(offset);
    return rebuild_producers(now_ms);
  };
  return guard(replace_all());
}

}  // namespace moldau::log
