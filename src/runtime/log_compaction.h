#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "base/result.h"
#include "io/loop.h"
#include "log/log_cleaning.h"
#include "log/offset_map.h"
#include "runtime/partition.h"
#include "runtime/task.h"

namespace moldau::runtime {

/// What one thread of the log cleaner works with, for one log after the other. Shared with the work that is
/// under way in its lane.
struct CleanerDesk {
  io::LaneId lane;
  log::OffsetMap map;
  double load_factor = 0.9;
  std::size_t io_buffer_bytes = 0;
  std::function<bool(std::int64_t bytes)> may_continue;  ///< as log::CleanerTools has it

  log::CleanerTools tools() {
    return {.map = &map,
            .load_factor = load_factor,
            .io_buffer_bytes = io_buffer_bytes,
            .may_continue = may_continue};
  }
};

/// Compaction of one partition's log. Belongs to the partition's shard; held by shared_ptr, as passes outlast
/// the deletion of a topic.
class LogCompaction : public std::enable_shared_from_this<LogCompaction> {
 public:
  /// `compacted_up_to` is what cleaner-offset-checkpoint says of the log.
  LogCompaction(std::shared_ptr<Partition> partition, std::optional<std::int64_t> compacted_up_to)
      : partition_(std::move(partition)), compacted_up_to_(compacted_up_to) {}

  /// All before is compacted: for cleaner-offset-checkpoint. nullopt if it never was.
  std::optional<std::int64_t> compacted_up_to() const { return compacted_up_to_; }

  /// How much of the log wants to be compacted, from 0 to 1; nullopt if none is to be now, or a pass is under
  /// way, or a record that cannot be read has ended one.
  std::optional<double> dirtiness();

  /// Makes one pass. True if the log is compacted further than before. Failures of the disk take the log
  /// offline.
  Task<bool> run(std::shared_ptr<CleanerDesk> desk);

  /// Ends the pass that is under way, and lets none begin until as many resume() have come. Returns when
  /// nothing of a pass is left.
  Task<void> pause();
  void resume() { --pauses_; }

 private:
  std::optional<log::CleanableRange> find_range();
  Task<Result<void>> make_pass(std::shared_ptr<CleanerDesk> desk, std::shared_ptr<log::LogCleaning> cleaning);
  /// Puts a compacted segment in its place. False if the log has changed under the pass.
  Task<Result<bool>> put_in_place(io::LaneId lane, const log::CleanedSegment& cleaned);
  void pass_failed(const Error& error, const log::CleaningPlan& plan);

  std::shared_ptr<Partition> partition_;
  std::optional<std::int64_t> compacted_up_to_;
  int pauses_ = 0;
  WaitList pass_ended_;
  bool is_under_way_ = false;
  bool is_unreadable_ = false;
};

}  // namespace moldau::runtime
