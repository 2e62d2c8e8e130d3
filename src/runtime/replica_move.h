#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "log/log_loader.h"
#include "log/partition_log.h"
#include "runtime/log_compaction.h"
#include "runtime/log_dirs.h"
#include "runtime/partition.h"
#include "runtime/task.h"
#include "runtime/waiter.h"

namespace moldau::runtime {

/// A replica on its way to another log directory of its node (KIP-113). Its log is served while the move
/// copies it, batch by batch, into the folder `topic-3.<32 hex>-future` of the target. When the copy has
/// everything and the controller has taken down the new directory, the copy takes the log's place. A move
/// that the end of the process interrupts goes on at the next start.
///
/// Whatever ends the process on the way, a start finds all that was acknowledged: until the copy's folder has
/// the replica's name the log is whole, and what is appended meanwhile to the copy alone is not acknowledged.
///
/// Belongs to the partition's shard; held by shared_ptr, as its task outlasts its end.
class ReplicaMove : public std::enable_shared_from_this<ReplicaMove> {
 public:
  /// All of it outlives the move. Directories are indexes into `log_dirs`.
  struct Surroundings {
    Shard* shard = nullptr;
    std::span<LogDir> log_dirs;
    std::size_t source = 0;
    std::size_t target = 0;
    std::int64_t bytes_per_second = 0;
    /// Has the controller take down the target; false where it does not.
    std::function<Task<bool>()> tell_controller;
    /// Appends go to the copy from now on.
    std::function<void()> on_switched;
    std::function<void(std::size_t log_dir, const Error&)> on_failure;
    /// A folder that is to be removed when `file.delete.delay.ms` is over.
    std::function<void(std::size_t log_dir, std::string folder)> remove_later;
  };

  /// `folder` is the name of the copy's in the target, be it there or not; the copy is opened by `options`.
  ReplicaMove(Surroundings surroundings, std::shared_ptr<Partition> partition,
              std::shared_ptr<LogCompaction> compaction, std::string folder, const log::OpenOptions& options);

  /// Runs until the replica has moved, or the move has ended.
  Task<void> run();

  /// The move is not to go on, unless it is_switching(). With `removes_copy` it is given up; else the copy's
  /// folder stays for the next start.
  void end(bool removes_copy);
  /// Returns when run() has.
  Task<void> ended();

  std::size_t source() const { return surroundings_.source; }
  std::size_t target() const { return surroundings_.target; }
  /// Appends go to the copy, but a start would still find the log.
  bool is_switching() const { return stage_ == Stage::kSwitching; }
  /// It was not told to end.
  bool goes_on() const { return !is_ended_; }
  /// The copy is the replica.
  bool is_done() const { return stage_ == Stage::kDone; }
  /// Whether the controller may believe that the replica is in the target.
  bool may_be_known() const { return may_be_known_; }
  /// The copy; nullptr while it is opened, and once it is switching.
  const log::PartitionLog* copy() const { return copy_.get(); }
  /// From now on as many, for copying; at least 1.
  void change_rate(std::int64_t bytes_per_second) { surroundings_.bytes_per_second = bytes_per_second; }
  /// The topic's configuration has changed.
  void reconfigure(const log::LogConfig& config);

 private:
  enum class Stage : std::uint8_t { kCopying, kSwitching, kDone };

  LogDir& target_dir() { return surroundings_.log_dirs[surroundings_.target]; }
  LogDir& source_dir() { return surroundings_.log_dirs[surroundings_.source]; }
  Task<Result<void>> open_copy();
  /// What the copy has and the log has not, as after a power cut, goes.
  Result<void> align();
  /// Copies until the copy has everything and the controller knows. False if the move has ended before.
  Task<bool> catch_up();
  /// Copies a piece and gives its size; 0 if there was nothing to copy.
  Task<Result<std::size_t>> copy_piece();
  Result<void> append(ByteView batches, std::int64_t base_offset);
  Task<void> take_place();
  Result<void> put_folder_in_place();
  void remove_copy();
  void failed(const Error& error);
  std::unexpected<Error> source_failed(const Error& error);

  Surroundings surroundings_;
  std::shared_ptr<Partition> partition_;
  std::shared_ptr<LogCompaction> compaction_;
  std::string folder_;
  log::OpenOptions options_;
  std::unique_ptr<log::PartitionLog> copy_;
  WaitList wake_up_;
  WaitList at_end_;
  Stage stage_ = Stage::kCopying;
  bool is_ended_ = false;
  bool removes_copy_ = false;
  bool may_be_known_ = false;
  bool is_over_ = false;
};

}  // namespace moldau::runtime
