#include "runtime/replica_move.h"

#include <algorithm>
#include <utility>

#include "log/log_directory.h"
#include "log/partition_name.h"
#include "observe/log.h"
#include "runtime/offload.h"

namespace moldau::runtime {
namespace {

constexpr std::int64_t kPieceBytes = std::int64_t{1} << 20;
/// Before the controller is asked again.
constexpr Duration kPause = std::chrono::milliseconds(100);
constexpr double kLongestPauseSeconds = 60;

/// How long a piece of that size takes where so many bytes a second are allowed.
Duration time_for(std::size_t bytes, std::int64_t bytes_per_second) {
  const double seconds = static_cast<double>(bytes) / static_cast<double>(bytes_per_second);
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(std::min(seconds, kLongestPauseSeconds)));
}

}  // namespace

ReplicaMove::ReplicaMove(Surroundings surroundings, std::shared_ptr<Partition> partition,
                         std::shared_ptr<LogCompaction> compaction, std::string folder,
                         const log::OpenOptions& options)
    : surroundings_(std::move(surroundings)),
      partition_(std::move(partition)),
      compaction_(std::move(compaction)),
      folder_(std::move(folder)),
      options_(options) {}

Task<void> ReplicaMove::run() {
  const auto self = shared_from_this();
  // Passes would replace segments that are being copied.
  co_await compaction_->pause();
  if (!is_ended_) {
    auto ready = co_await open_copy();
    if (ready) ready = align();
    if (!ready) failed(ready.error());
  }
  if (co_await catch_up()) co_await take_place();
  copy_.reset();
  if (removes_copy_ && !is_done()) remove_copy();
  compaction_->resume();
  is_over_ = true;
  at_end_.wake_all();
}

void ReplicaMove::reconfigure(const log::LogConfig& config) {
  options_.config = config;
  if (copy_) copy_->reconfigure(config);
}

void ReplicaMove::end(bool removes_copy) {
  is_ended_ = true;
  removes_copy_ = removes_copy_ || removes_copy;
  wake_up_.wake_all();
}

Task<void> ReplicaMove::ended() {
  const auto self = shared_from_this();
  while (!is_over_) {
    Waiter waiter(*surroundings_.shard, Instant::never());
    at_end_.add(waiter);
    co_await waiter;
  }
}

void ReplicaMove::failed(const Error& error) {
  observe::warn("moving {} to {} has ended: {}", partition_->display_name(), target_dir().path,
                error.message);
  end(false);
  if (error.code == ErrorCode::kKafkaStorageError) surroundings_.on_failure(surroundings_.target, error);
}

std::unexpected<Error> ReplicaMove::source_failed(const Error& error) {
  surroundings_.on_failure(surroundings_.source, error);
  return fail(ErrorCode::kOperationNotAttempted, "the log cannot be read: " + error.message);
}

Task<Result<void>> ReplicaMove::open_copy() {
  auto opened = co_await run_in_lane(*surroundings_.shard, target_dir().recovery_lanes.front(),
                                     [log_dir = target_dir().folder, name = folder_, options = options_] {
                                       return log::open_or_create(log_dir, name, options);
                                     });
  if (!opened) co_return fail(std::move(opened).error());
  copy_ = *std::move(opened);
  co_return Result<void>{};
}

Result<void> ReplicaMove::align() {
  const log::PartitionLog& log = partition_->log();
  const TimestampMs now_ms = surroundings_.shard->wall_ms();
  std::int64_t shared = std::min(copy_->log_end_offset(), log.log_end_offset());
  if (const auto epoch = copy_->latest_epoch()) {
    const auto end = log.end_offset_for_epoch(*epoch);
    shared = end.epoch == *epoch ? std::min(shared, end.end_offset) : 0;
  }
  const bool is_of_use = shared > copy_->log_start_offset() && shared >= log.log_start_offset();
  if (!is_of_use) return copy_->truncate_fully_and_start_at(log.log_start_offset(), now_ms);
  return copy_->truncate_to(shared, now_ms);
}

Task<bool> ReplicaMove::catch_up() {
  Shard& shard = *surroundings_.shard;
  bool is_known = false;
  while (!is_ended_) {
    const auto copied = co_await copy_piece();
    if (!copied) {
      failed(copied.error());
      break;
    }
    // Nothing was waited for since the copy was found to have everything.
    if (*copied == 0 && is_known && !is_ended_) co_return true;
    Duration span = time_for(*copied, surroundings_.bytes_per_second);
    if (*copied == 0 && !is_known && !is_ended_) {
      may_be_known_ = true;
      is_known = co_await surroundings_.tell_controller();
      if (!is_known) span = kPause;
    }
    if (is_ended_ || span <= Duration::zero()) continue;
    Waiter pause(shard, shard.now() + span);
    wake_up_.add(pause);
    co_await pause;
  }
  co_return false;
}

Task<Result<std::size_t>> ReplicaMove::copy_piece() {
  log::PartitionLog& log = partition_->log();
  const std::int64_t from = std::max(copy_->log_end_offset(), log.log_start_offset());
  if (from == log.log_end_offset()) {
    if (auto begun = append({}, from); !begun) co_return fail(std::move(begun).error());
    co_return std::size_t{0};
  }
  const std::int64_t most = std::min(kPieceBytes, surroundings_.bytes_per_second);
  const auto found = log.read(from, most, log.log_end_offset(), true);
  if (!found) co_return source_failed(found.error());
  const auto bytes = co_await run_in_lane(*surroundings_.shard, target_dir().recovery_lanes.front(),
                                          [slice = found->slice]() -> Result<Bytes> {
                                            Bytes content(slice.size_bytes);
                                            const auto read = slice.file->read_at(slice.position, content);
                                            if (!read) return fail(read.error());
                                            content.resize(*read);
                                            return content;
                                          });
  if (is_ended_) co_return std::size_t{0};
  if (!bytes) co_return source_failed(bytes.error());
  if (auto appended = append(*bytes, found->base_offset); !appended)
    co_return fail(std::move(appended).error());
  co_return bytes->size();
}

Result<void> ReplicaMove::append(ByteView batches, std::int64_t base_offset) {
  const TimestampMs now_ms = surroundings_.shard->wall_ms();
  const std::int64_t log_start = partition_->log().log_start_offset();
  const std::int64_t begins_at = std::min(base_offset, log_start);
  const bool is_behind = copy_->log_end_offset() < log_start;
  // Nothing of the copy is left, or its first batch begins before the log does.
  if (is_behind || (copy_->log_end_offset() == copy_->log_start_offset() && !batches.empty())) {
    if (auto begun = copy_->truncate_fully_and_start_at(begins_at, now_ms); !begun) return begun;
  }
  if (!batches.empty()) {
    // Batches may be larger than segments are to be now.
    if (std::cmp_greater(batches.size(), options_.config.segment_bytes)) {
      options_.config.segment_bytes = static_cast<std::int32_t>(batches.size());
      copy_->reconfigure(options_.config);
    }
    if (const auto appended = copy_->append_as_is(batches, now_ms); !appended) return fail(appended.error());
  }
  return copy_->advance_log_start(std::min(log_start, copy_->log_end_offset()));
}

Task<void> ReplicaMove::take_place() {
  // The epoch that is led in may have no record yet.
  if (const auto epoch = partition_->log().latest_epoch()) {
    if (const auto noted = copy_->assign_epoch(*epoch, copy_->log_end_offset()); !noted)
      co_return failed(noted.error());
  }
  stage_ = Stage::kSwitching;
  partition_->switch_log(std::move(copy_), target_dir().sync_lane, surroundings_.target);
  surroundings_.on_switched();
  const auto synced = co_await partition_->sync_all();
  if (partition_->is_retired()) co_return;
  const auto in_place = synced ? put_folder_in_place() : synced;
  // What was appended since is not acknowledged, and the next start finds the log as it was.
  if (!in_place) co_return partition_->disk_failed(in_place.error());
  stage_ = Stage::kDone;
  observe::info("{} has moved from {} to {}", partition_->display_name(), source_dir().path,
                target_dir().path);
  auto aside = log::move_aside(*source_dir().folder, partition_->identity().name, log::FolderKind::kDeleted,
                               surroundings_.shard->loop().random().uuid());
  if (aside) {
    surroundings_.remove_later(surroundings_.source, *std::move(aside));
  } else {
    surroundings_.on_failure(surroundings_.source, aside.error());
  }
  partition_->switched();
}

Result<void> ReplicaMove::put_folder_in_place() {
  io::Directory& log_dir = *target_dir().folder;
  if (auto renamed = log_dir.rename(folder_, partition_->display_name()); !renamed) return renamed;
  return log_dir.sync();
}

void ReplicaMove::remove_copy() {
  io::Directory& log_dir = *target_dir().folder;
  const auto is_there = log_dir.contains(folder_);
  if (!is_there || !*is_there) return;
  // A start would take the move up again.
  auto aside = log::move_aside(log_dir, folder_, partition_->identity().name, log::FolderKind::kDeleted,
                               surroundings_.shard->loop().random().uuid());
  if (aside) {
    surroundings_.remove_later(surroundings_.target, *std::move(aside));
  } else {
    surroundings_.on_failure(surroundings_.target, aside.error());
  }
}

}  // namespace moldau::runtime
