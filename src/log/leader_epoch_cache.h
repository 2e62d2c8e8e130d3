#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "log/leader_epoch_checkpoint.h"

namespace moldau::log {

/// Which leader epoch began at which offset of one log (KIP-101). Pure: the log's owner writes the checkpoint
/// when is_dirty().
class LeaderEpochCache {
 public:
  /// Takes over what a checkpoint held; entries that break the order are resolved as by assign().
  void load(std::span<const EpochEntry> entries);

  /// Notes that `epoch` >= 0 begins at `start_offset` >= 0; nothing happens if it is the latest epoch and
  /// has begun already. Entries with this epoch or a later one, or which start at or behind the offset, are
  /// dropped. True if something changed.
  bool assign(std::int32_t epoch, std::int64_t start_offset);

  std::optional<std::int32_t> latest_epoch() const;
  std::span<const EpochEntry> entries() const { return entries_; }

  struct EpochEnd {
    std::int32_t epoch = -1;
    std::int64_t end_offset = -1;

    bool operator==(const EpochEnd&) const = default;
  };
  /// Where `epoch` ended, as OffsetForLeaderEpoch answers it (KIP-279): the largest epoch at or below it with
  /// the offset at which the next one begins, or the log end offset for the latest epoch. For an epoch before
  /// the first known one, that epoch with the first one's start. {-1, -1} if it is unknown or -1.
  EpochEnd end_offset_for(std::int32_t epoch, std::int64_t log_end_offset) const;

  /// The epoch in which the record at `offset` was written; nullopt if it is before the first entry.
  std::optional<std::int32_t> epoch_for_offset(std::int64_t offset) const;

  /// Drops entries that start at or behind `end_offset`.
  void truncate_from_end(std::int64_t end_offset);
  /// Drops entries that ended before `start_offset`; the first one left then starts there.
  void truncate_from_start(std::int64_t start_offset);
  void clear();

  /// True from a change on until it is said to be written.
  bool is_dirty() const { return is_dirty_; }
  void mark_dirty() { is_dirty_ = true; }
  void mark_written() { is_dirty_ = false; }

 private:
  std::vector<EpochEntry> entries_;  ///< Rising in epoch and in start offset.
  bool is_dirty_ = false;
};

}  // namespace moldau::log
