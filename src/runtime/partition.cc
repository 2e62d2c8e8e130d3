#include "runtime/partition.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "observe/log.h"
#include "runtime/log_flush.h"

namespace moldau::runtime {
namespace {

bool is_expected_of_fetch(ErrorCode error) {
  switch (error) {
    case ErrorCode::kNone:
    case ErrorCode::kNotLeaderOrFollower:
    case ErrorCode::kUnknownLeaderEpoch:
    case ErrorCode::kFencedLeaderEpoch:
    case ErrorCode::kOffsetOutOfRange:
    case ErrorCode::kKafkaStorageError:
      return true;
    default:
      return false;
  }
}
}  // namespace

Partition::Partition(const Surroundings& surroundings, Identity identity,
                     std::unique_ptr<log::PartitionLog> log, replica::LeaderState leader,
                     const config::TopicConfig& config)
    : surroundings_(surroundings),
      identity_(std::move(identity)),
      display_name_(log::format_folder_name(identity_.name)),
      log_(std::move(log)),
      leader_(std::move(leader)),
      config_(config) {}

Task<Result<void>> Partition::committed(std::int64_t end) {
  const auto self = shared_from_this();
  if (leader_.high_watermark() >= end && serves()) co_return Result<void>{};
  if (const auto durable = co_await made_durable(end); !durable) co_return fail(durable.error());
  local_end_moved();
  const ErrorCode error = co_await replicated(end, Instant::never());
  if (error != ErrorCode::kNone) co_return fail(error, display_name_);
  co_return Result<void>{};
}

Task<Result<void>> Partition::made_durable(std::int64_t offset) {
  Result<void> durable;
  if (log_->is_flush_due()) {
    durable = co_await synced_to(offset);
  } else if (log_->wants_flush()) {
    // A segment that ended is synced behind the scenes.
    start_sync();
  }
  while (is_switching_ && !retired_) {
    Waiter waiter(*surroundings_.shard, Instant::never());
    synced_.add(waiter);
    co_await waiter;
  }
  // What only the log has that a start would not find is as good as not written.
  if (is_switching_ && durable)
    co_return fail(gone(), display_name_ + " has gone on its way to another directory");
  co_return durable;
}

Task<Result<void>> Partition::synced_to(std::int64_t offset) {
  // One sync serves everyone who appended before it began; the others wait for the next.
  while (!retired_ && !log_->failure() && log_->recovery_point() < offset) {
    start_sync();
    Waiter waiter(*surroundings_.shard, Instant::never());
    synced_.add(waiter);
    co_await waiter;
  }
  if (log_->recovery_point() >= offset) co_return Result<void>{};
  co_return fail(ErrorCode::kKafkaStorageError, display_name_ + " is not on disk");
}

void Partition::plan_flush() {
  if (config_.flush_ms == std::numeric_limits<std::int64_t>::max() || flush_is_planned_) return;
  surroundings_.shard->tasks().spawn(flush_in_time());
}

Task<void> Partition::flush_in_time() {
  const auto self = shared_from_this();
  Shard& shard = *surroundings_.shard;
  flush_is_planned_ = true;
  const Instant due = shard.now() + from_ms(config_.flush_ms);
  // Syncs that come before do not end the wait: they may miss what was appended since they began.
  while (!retired_ && shard.now() < due) {
    Waiter waiter(shard, due);
    synced_.add(waiter);
    co_await waiter;
  }
  flush_is_planned_ = false;
  // Whoever looks after the disk is told of a failure.
  co_await synced_to(log_->log_end_offset());
}

void Partition::start_sync() {
  if (sync_under_way_) return;
  sync_under_way_ = true;
  flush_log(surroundings_.shard->loop(), surroundings_.sync_lane, log_,
            [self = shared_from_this(), log = log_, log_dir = surroundings_.log_dir](
                const Result<std::int64_t>& outcome) { self->sync_done(log, log_dir, outcome); });
}

void Partition::sync_done(const std::shared_ptr<log::PartitionLog>& log, std::size_t log_dir,
                          const Result<std::int64_t>& outcome) {
  // The replica may have moved to another log meanwhile.
  if (log == log_) sync_under_way_ = false;
  if (!outcome) {
    (*surroundings_.on_failure)(log_dir, outcome.error());
  } else if (log == log_ && !retired_) {
    if (is_leader_ && !is_switching_) local_end_moved();
    // A segment has ended since this sync began.
    if (log_->wants_flush()) start_sync();
  }
  synced_.wake_all();
}

void Partition::local_end_moved() {
  if (!leader_.local_end_moved(local_end())) return;
  log_->high_watermark_advanced(leader_.high_watermark());
  progress_.wake_all();
}

Task<ErrorCode> Partition::replicated(std::int64_t offset, Instant deadline) {
  while (serves() && leader_.high_watermark() < offset) {
    Waiter waiter(*surroundings_.shard, deadline);
    progress_.add(waiter);
    if (co_await waiter == Waiter::Outcome::kDeadline) co_return ErrorCode::kRequestTimedOut;
  }
  if (!serves()) co_return gone();
  co_return leader_.check_min_in_sync() ? ErrorCode::kNone : ErrorCode::kNotEnoughReplicasAfterAppend;
}

Result<void> Partition::check_serving(std::int32_t current_leader_epoch) const {
  if (!serves()) return fail(gone(), display_name_);
  return leader_.check_epoch(current_leader_epoch);
}

ErrorCode Partition::gone() const {
  return is_offline_ ? ErrorCode::kKafkaStorageError : ErrorCode::kNotLeaderOrFollower;
}

ReadOutcome Partition::read(const ReadCall& call) {
  ReadOutcome outcome = read_log(call);
  if (!call.is_again) ++counters_.fetch_requests;
  if (!is_expected_of_fetch(outcome.error)) ++counters_.failed_fetch_requests;
  return outcome;
}

ReadOutcome Partition::read_log(const ReadCall& call) {
  ReadOutcome outcome;
  if (const auto serving = check_serving(call.current_leader_epoch); !serving) {
    outcome.error = serving.error().code;
    return outcome;
  }
  outcome.high_watermark = leader_.high_watermark();
  outcome.last_stable_offset = log_->last_stable_offset(outcome.high_watermark);
  outcome.log_start_offset = log_->log_start_offset();
  if (call.last_fetched_epoch >= 0) {
    const auto shared = log_->end_offset_for_epoch(call.last_fetched_epoch);
    const bool is_unknown = shared.epoch < 0 || shared.end_offset < 0;
    if (is_unknown || call.offset < log_->log_start_offset()) {
      // The reader knows an epoch that this log has never seen, or is before it.
      outcome = {};
      outcome.error = ErrorCode::kOffsetOutOfRange;
      return outcome;
    }
    if (shared.epoch < call.last_fetched_epoch || shared.end_offset < call.offset) {
      outcome.diverging = log::EpochEntry{.epoch = shared.epoch, .start_offset = shared.end_offset};
      return outcome;
    }
  }
  const std::int64_t upper = call.read_committed ? outcome.last_stable_offset : outcome.high_watermark;
  auto found =
      log_->read(call.offset, static_cast<std::int64_t>(call.max_bytes), upper, call.at_least_one_batch);
  if (!found) {
    tell_if_disk(found.error());
    outcome.error = found.error().code;
    if (outcome.error == ErrorCode::kOffsetOutOfRange) {
      outcome.high_watermark = -1;
      outcome.last_stable_offset = -1;
      outcome.log_start_offset = -1;
    }
    return outcome;
  }
  if (found->is_first_batch_cut) return outcome;
  if (call.read_committed) {
    auto aborted = log_->aborted_in(*found, call.offset);
    if (!aborted) {
      tell_if_disk(aborted.error());
      outcome.error = aborted.error().code;
      return outcome;
    }
    outcome.aborted = *std::move(aborted);
  }
  if (found->slice.size_bytes > 0) outcome.records = std::move(found->slice);
  return outcome;
}

OffsetOutcome Partition::offset_for(TimestampMs timestamp_ms, std::int32_t current_leader_epoch,
                                    bool read_committed) {
  OffsetOutcome outcome;
  if (const auto serving = check_serving(current_leader_epoch); !serving) {
    outcome.error = serving.error().code;
    return outcome;
  }
  const std::int64_t high_watermark = leader_.high_watermark();
  const std::int64_t end = read_committed ? log_->last_stable_offset(high_watermark) : high_watermark;
  switch (timestamp_ms) {
    case kLatestTimestamp:
      outcome.offset = end;
      outcome.leader_epoch = log_->latest_epoch().value_or(-1);
      return outcome;
    case kEarliestTimestamp:
    case kEarliestLocalTimestamp:
      outcome.offset = log_->log_start_offset();
      outcome.leader_epoch = log_->epochs().epoch_for_offset(outcome.offset).value_or(-1);
      return outcome;
    case kLatestTieredTimestamp:
    case kEarliestPendingUploadTimestamp:
      // Nothing of this log is in tiered storage.
      return outcome;
    default:
      break;
  }
  const auto found = timestamp_ms == kMaxTimestamp
                         ? log_->max_timestamp(*surroundings_.decoders)
                         : log_->offset_for_timestamp(timestamp_ms, *surroundings_.decoders);
  if (!found) {
    tell_if_disk(found.error());
    outcome.error = found.error().code;
  } else if (*found && (*found)->offset < end) {
    outcome.timestamp_ms = (*found)->timestamp_ms;
    outcome.offset = (*found)->offset;
    outcome.leader_epoch = (*found)->leader_epoch;
  }
  return outcome;
}

OffsetOutcome Partition::end_of_epoch(std::int32_t leader_epoch, std::int32_t current_leader_epoch) {
  OffsetOutcome outcome;
  if (const auto serving = check_serving(current_leader_epoch); !serving) {
    outcome.error = serving.error().code;
    return outcome;
  }
  const auto end = log_->end_offset_for_epoch(leader_epoch);
  outcome.leader_epoch = end.epoch;
  outcome.offset = end.end_offset;
  return outcome;
}

DeleteOutcome Partition::delete_records_before(std::int64_t offset) {
  DeleteOutcome outcome;
  if (!serves()) {
    outcome.error = gone();
    return outcome;
  }
  if (config_.compact && !config_.delete_old) {
    outcome.error = ErrorCode::kPolicyViolation;
    return outcome;
  }
  if (offset == kHighWatermarkOffset) offset = leader_.high_watermark();
  if (offset < 0 || offset > leader_.high_watermark()) {
    outcome.error = ErrorCode::kOffsetOutOfRange;
    return outcome;
  }
  if (const auto advanced = log_->advance_log_start(offset); !advanced) {
    outcome.error = advanced.error().code;
    return outcome;
  }
  outcome.low_watermark = log_->log_start_offset();
  return outcome;
}

void Partition::apply_retention() {
  if (retired_ || log_->failure() || !config_.delete_old) return;
  const log::RetentionLimits limits{.max_bytes = config_.retention_bytes, .max_age_ms = config_.retention_ms};
  const TimestampMs now_ms = surroundings_.shard->wall_ms();
  const auto from = log_->retained_from(limits, leader_.high_watermark(), now_ms);
  if (!from) return tell_failure(from.error());
  // A log has a segment at its end. The one before goes with the next checkpoint, even if all of its records
  // were deleted before.
  if (*from == log_->log_end_offset()) {
    if (const auto rolled = log_->roll(now_ms); !rolled) return tell_failure(rolled.error());
  }
  if (*from <= log_->log_start_offset()) return;
  observe::info("{} starts at {} by its retention", display_name_, *from);
  if (const auto raised = log_->advance_log_start(*from); !raised) tell_failure(raised.error());
}

void Partition::log_start_checkpointed(std::int64_t offset) {
  if (retired_ || log_->failure()) return;
  if (log_->drop_segments_below(offset)) start_sync();
}

void Partition::lead(replica::LeaderState leader) {
  leader_ = std::move(leader);
  is_leader_ = true;
  progress_.wake_all();
}

void Partition::resign(replica::LeaderState state) {
  leader_ = std::move(state);
  is_leader_ = false;
  progress_.wake_all();
}

void Partition::change_config(const config::TopicConfig& config, const log::LogConfig& log_config) {
  config_ = config;
  log_->reconfigure(log_config);
  if (leader_.min_in_sync_changed(config.min_insync_replicas)) progress_.wake_all();
}

void Partition::switch_log(std::unique_ptr<log::PartitionLog> log, io::LaneId sync_lane,
                           std::size_t log_dir) {
  log_ = std::move(log);
  log_->high_watermark_advanced(leader_.high_watermark());
  surroundings_.sync_lane = sync_lane;
  surroundings_.log_dir = log_dir;
  sync_under_way_ = false;
  is_switching_ = true;
}

void Partition::switched() {
  is_switching_ = false;
  synced_.wake_all();
}

void Partition::disk_failed(const Error& error) {
  log_->fail_flush(error);
  tell_failure(error);
}

void Partition::go_offline() {
  is_offline_ = true;
  retire();
}

void Partition::retire() {
  retired_ = true;
  progress_.wake_all();
  synced_.wake_all();
}

}  // namespace moldau::runtime
