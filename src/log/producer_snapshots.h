#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "io/directory.h"
#include "log/producer_state.h"

namespace moldau::log {

/// The `.snapshot` files of a partition: the producer state at the offset that names the file.
class ProducerSnapshots {
 public:
  /// Knows the snapshots among the entries of the folder.
  ProducerSnapshots(std::shared_ptr<io::Directory> directory, std::span<const io::DirectoryEntry> entries);

  const std::set<std::int64_t>& offsets() const { return offsets_; }

  /// Writes the state at its end offset unless a snapshot there or later was taken or loaded. Answers the
  /// file, which is not synced yet; nullptr if there was nothing to write.
  Result<io::FileHandle> take(const ProducerState& state);

  /// Fills `state` from the newest snapshot at or below `offset`, and removes corrupt ones on the way.
  /// Without any, the state is empty and begins at `log_start_offset`.
  Result<void> load_latest(ProducerState& state, std::int64_t offset, std::int64_t log_start_offset,
                           TimestampMs now_ms);

  /// Keeps those at the segments' base offsets, and of the others the newest if it is behind them all.
  Result<void> remove_stray(const std::vector<std::int64_t>& segment_base_offsets);
  Result<void> remove(std::int64_t offset);
  /// Its file is somebody else's to remove.
  void forget(std::int64_t offset) { offsets_.erase(offset); }
  /// Removes those above `end` and those at or below `start`.
  Result<void> remove_outside(std::int64_t start, std::int64_t end);
  Result<void> remove_all();

  /// The log now starts at `log_start_offset`: what has not changed since is not written again.
  void log_starts_at(std::int64_t log_start_offset);
  void forget_last_taken() { last_taken_ = 0; }

 private:
  std::shared_ptr<io::Directory> directory_;
  std::set<std::int64_t> offsets_;
  std::int64_t last_taken_ = 0;
};

}  // namespace moldau::log
