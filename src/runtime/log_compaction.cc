#include "runtime/log_compaction.h"

#include <utility>

#include "observe/log.h"
#include "runtime/offload.h"

namespace moldau::runtime {
namespace {

log::CompactionRules rules_of(const config::TopicConfig& config) {
  return {.min_cleanable_ratio = config.min_cleanable_dirty_ratio,
          .min_lag_ms = config.min_compaction_lag_ms,
          .max_lag_ms = config.max_compaction_lag_ms};
}

}  // namespace

std::optional<log::CleanableRange> LogCompaction::find_range() {
  const config::TopicConfig& config = partition_->config();
  log::PartitionLog& log = partition_->log();
  if (pauses_ > 0 || is_under_way_ || is_unreadable_ || partition_->is_retired() || !config.compact ||
      log.failure())
    return std::nullopt;
  const auto range = log.cleanable(log.last_stable_offset(partition_->high_watermark()), compacted_up_to_,
                                   rules_of(config), partition_->shard().wall_ms());
  if (!range) {
    partition_->disk_failed(range.error());
    return std::nullopt;
  }
  if (range->first_dirty.resets_checkpoint) compacted_up_to_ = range->first_dirty.offset;
  if (!range->is_due(rules_of(config))) return std::nullopt;
  return *range;
}

std::optional<double> LogCompaction::dirtiness() {
  const auto range = find_range();
  return range ? std::optional(range->ratio()) : std::nullopt;
}

Task<bool> LogCompaction::run(std::shared_ptr<CleanerDesk> desk) {
  const auto self = shared_from_this();
  const auto range = find_range();
  if (!range) co_return false;
  is_under_way_ = true;
  log::CleaningPlan plan = partition_->log().plan_cleaning(*range, partition_->config().delete_retention_ms);
  auto cleaning = std::make_shared<log::LogCleaning>(plan, desk->tools(), partition_->shard().wall_ms());
  const auto outcome = co_await make_pass(desk, cleaning);
  is_under_way_ = false;
  pass_ended_.wake_all();
  if (!outcome) {
    pass_failed(outcome.error(), plan);
    co_return false;
  }
  const log::CleaningStats& stats = cleaning->stats();
  observe::info("compacted {} up to {}: {} records of {} stay, {} bytes of {}", partition_->display_name(),
                compacted_up_to_.value_or(0), stats.records_written, stats.records_read, stats.bytes_written,
                stats.bytes_read);
  co_return cleaning->end_offset() > range->first_dirty.offset;
}

Task<void> LogCompaction::pause() {
  const auto self = shared_from_this();
  ++pauses_;
  while (is_under_way_) {
    Waiter waiter(partition_->shard(), Instant::never());
    pass_ended_.add(waiter);
    co_await waiter;
  }
}

Task<Result<void>> LogCompaction::make_pass(std::shared_ptr<CleanerDesk> desk,
                                            std::shared_ptr<log::LogCleaning> cleaning) {
  Shard& shard = partition_->shard();
  auto read = co_await run_in_lane(shard, desk->lane, [desk, cleaning] { return cleaning->read_keys(); });
  if (!read) co_return read;
  while (!partition_->is_retired() && pauses_ == 0) {
    const auto cleaned =
        co_await run_in_lane(shard, desk->lane, [desk, cleaning] { return cleaning->clean_next(); });
    if (!cleaned) co_return fail(cleaned.error());
    if (!*cleaned) {
      compacted_up_to_ = cleaning->end_offset();
      co_return Result<void>{};
    }
    const auto in_place = co_await put_in_place(desk->lane, **cleaned);
    if (!in_place) co_return fail(in_place.error());
    if (!*in_place) break;
  }
  // What the pass has written goes with the folder, or at the next start.
  co_return fail(ErrorCode::kOperationNotAttempted,
                 "the log has changed under its compaction, or is to move");
}

Task<Result<bool>> LogCompaction::put_in_place(io::LaneId lane, const log::CleanedSegment& cleaned) {
  log::PartitionLog& log = partition_->log();
  const auto swap = log.begin_swap(cleaned);
  if (!swap) co_return fail(swap.error());
  if (!*swap) co_return false;
  const auto swapped =
      co_await run_in_lane(partition_->shard(), lane, [swap = **swap] { return swap.run(); });
  if (!swapped) log.fail_flush(swapped.error());
  const auto ended = log.end_swap();
  if (!ended) co_return fail(ended.error());
  co_return true;
}

void LogCompaction::pass_failed(const Error& error, const log::CleaningPlan& plan) {
  if (error.code == ErrorCode::kOperationNotAttempted) return;
  if (error.code != ErrorCode::kKafkaStorageError) {
    is_unreadable_ = true;
    observe::warn("{} cannot be compacted: {}", partition_->display_name(), error.message);
    return;
  }
  // Files that retention has removed meanwhile are missed by a pass, and that is no fault of the disk.
  if (!partition_->is_retired() && (partition_->log().failure() || partition_->log().has_segments_of(plan)))
    partition_->disk_failed(error);
}

}  // namespace moldau::runtime
