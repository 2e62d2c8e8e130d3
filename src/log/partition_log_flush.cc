#include <algorithm>
#include <string>
#include <utility>

#include "log/file_names.h"
#include "log/leader_epoch_checkpoint.h"
#include "log/partition_log.h"

namespace moldau::log {

Result<FlushWork> PartitionLog::begin_flush() {
  if (auto usable = check_usable(); !usable) return fail(std::move(usable).error());
  return guard(collect_flush());
}

Result<void> PartitionLog::flush_alone() {
  const auto work = begin_flush();
  if (!work) return fail(work.error());
  if (auto synced = work->run_alone(); !synced) return synced;
  flushed(work->ticket);
  return {};
}

Result<FlushWork> PartitionLog::collect_flush() {
  FlushWork work;
  work.ticket = {log_.log_end_offset, generation_, last_stable_offset(log_.log_end_offset)};
  work.files = std::exchange(log_.unsynced_files, {});
  const Segment* active = &log_.segments.last();
  for (auto at = log_.segments.floor(log_.recovery_point); at != log_.segments.end(); ++at) {
    // Recovery makes the active segment's indexes new; those of ended segments are believed.
    const bool has_ended = at->second.get() != active;
    if (!has_ended && log_.recovery_point == log_.log_end_offset && !log_.is_directory_dirty) break;
    if (auto used = use_files(*at->second); !used) return fail(std::move(used).error());
    auto files = at->second->files_to_sync(has_ended);
    if (!files) return fail(std::move(files).error());
    work.files.insert(work.files.end(), files->begin(), files->end());
  }
  if (log_.epochs.is_dirty() || !log_.has_epoch_checkpoint) {
    // Empty before the first epoch, as Apache Kafka makes it.
    const std::string text =
        log_.epochs.is_dirty() ? format_leader_epochs(log_.epochs.entries()) : std::string();
    const ByteView bytes = as_bytes(text);
    work.replacements.push_back(
        {directory_, std::string(kLeaderEpochCheckpointName), Bytes(bytes.begin(), bytes.end())});
    log_.epochs.mark_written();
    log_.has_epoch_checkpoint = true;
  }
  for (const std::int64_t base_offset : std::exchange(dropped_segments_, {})) {
    work.removals.push_back({directory_, base_offset});
    removing_below_ = base_offset + 1;
  }
  if (log_.is_directory_dirty) work.directories.push_back(directory_);
  log_.is_directory_dirty = false;
  if (new_in_ != nullptr) work.directories.push_back(std::exchange(new_in_, nullptr));
  segment_ended_ = false;
  return work;
}

void PartitionLog::flushed(const FlushTicket& ticket) {
  removing_below_ = 0;
  if (ticket.generation != generation_ || failure_) return;
  log_.recovery_point = std::max(log_.recovery_point, ticket.end_offset);
  durable_stable_offset_ = std::max(durable_stable_offset_, ticket.stable_offset);
}

bool PartitionLog::wants_flush() const {
  if (segment_ended_ || !dropped_segments_.empty() || is_flush_due()) return true;
  return log_.is_directory_dirty && new_in_ == nullptr;
}

void PartitionLog::high_watermark_advanced(std::int64_t high_watermark) {
  log_.producers.forget_completed_below(high_watermark);
}

std::int64_t PartitionLog::last_stable_offset(std::int64_t high_watermark) const {
  const auto unstable = log_.producers.first_unstable_offset();
  if (!unstable) return high_watermark;
  return std::min(std::max(*unstable, log_.log_start_offset), high_watermark);
}

Result<void> PartitionLog::close_clean() {
  if (auto usable = check_usable(); !usable) return usable;
  auto closed = guard(finish_and_sync());
  if (!closed) return closed;
  flushed({log_.log_end_offset, generation_});
  failure_ = Error{ErrorCode::kKafkaStorageError, "the log is closed"};
  return {};
}

Result<void> PartitionLog::finish_and_sync() {
  auto snapshot = log_.snapshots.take(log_.producers);
  if (!snapshot) return fail(std::move(snapshot).error());
  if (*snapshot != nullptr) {
    log_.unsynced_files.push_back({*std::move(snapshot)});
    log_.is_directory_dirty = true;
  }
  Segment& active = log_.segments.last();
  if (auto finished = active.finish(); !finished) return finished;
  if (active.is_new()) log_.is_directory_dirty = true;
  auto work = collect_flush();
  if (!work) return fail(std::move(work).error());
  auto files = active.files_to_sync(true);
  if (!files) return fail(std::move(files).error());
  work->files.insert(work->files.end(), files->begin(), files->end());
  return work->run_alone();
}

}  // namespace moldau::log
