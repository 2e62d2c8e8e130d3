#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "log/entry_file.h"

namespace moldau::log {

/// A timestamp and the last offset of the batch that holds it.
struct TimestampOffset {
  TimestampMs timestamp_ms = -1;
  std::int64_t offset = 0;

  bool operator==(const TimestampOffset&) const = default;
};

/// Sparse map from timestamps to offsets of one segment (docs/formats/time-index.md): an entry states that
/// no record before its place in the file is younger.
class TimeIndex {
 public:
  static constexpr std::size_t kEntrySize = 12;

  /// Opens or creates `<base offset>.timeindex`, or that with `suffix` behind it.
  static Result<TimeIndex> open(io::Directory& directory, std::int64_t base_offset,
                                std::int32_t largest_bytes, std::string_view suffix = {});
  /// An empty one, as EntryFile::create().
  static TimeIndex create(std::shared_ptr<io::Directory> directory, std::int64_t base_offset,
                          std::int32_t largest_bytes, std::string_view suffix);

  std::int64_t count() const { return entries_.count(); }
  /// One entry is kept free for the maximum at the end of the segment.
  bool is_full() const { return count() >= largest_count_ - 1; }
  /// {-1, base offset} if there is none.
  const TimestampOffset& last() const { return last_; }

  /// The last entry with a timestamp at or below `timestamp_ms`, or {-1, base offset}.
  Result<TimestampOffset> lookup(TimestampMs timestamp_ms) const;

  /// Appends if the timestamp is above the last one; else nothing happens. KAFKA_STORAGE_ERROR if the offset
  /// is below the last entry's, or not within 2^31-1 of the base.
  Result<void> append_if_later(const TimestampOffset& entry);

  /// Drops the entries at and above `offset`.
  Result<void> truncate_to(std::int64_t offset);
  Result<void> clear();
  Result<void> write_pending() { return entries_.write_pending(); }
  Result<io::FileHandle> file() { return entries_.file(); }

 private:
  TimeIndex(EntryFile entries, std::int64_t base_offset, std::int32_t largest_bytes)
      : entries_(std::move(entries)),
        base_offset_(base_offset),
        largest_count_(largest_bytes / static_cast<std::int32_t>(kEntrySize)),
        last_{-1, base_offset} {}

  Result<TimestampOffset> entry(std::int64_t slot) const;
  /// How many entries from the first on have a member at or below `value`; the member rises in the file.
  Result<std::int64_t> count_up_to(std::int64_t TimestampOffset::* member, std::int64_t value) const;
  Result<void> load_last();

  EntryFile entries_;
  std::int64_t base_offset_;
  std::int64_t largest_count_;
  TimestampOffset last_;
};

}  // namespace moldau::log
