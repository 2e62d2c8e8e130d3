#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "log/entry_file.h"

namespace moldau::log {

/// Where a batch lies in its segment's file.
struct OffsetPosition {
  std::int64_t offset = 0;  ///< Last offset of the batch.
  std::int64_t position = 0;

  bool operator==(const OffsetPosition&) const = default;
};

/// Sparse map from offsets to positions of one segment (docs/formats/offset-index.md).
class OffsetIndex {
 public:
  static constexpr std::size_t kEntrySize = 8;

  /// Opens or creates `<base offset>.index`, or that with `suffix` behind it. `largest_bytes` bounds the
  /// entries, not a file found larger.
  static Result<OffsetIndex> open(io::Directory& directory, std::int64_t base_offset,
                                  std::int32_t largest_bytes, std::string_view suffix = {});
  /// An empty one, as EntryFile::create().
  static OffsetIndex create(std::shared_ptr<io::Directory> directory, std::int64_t base_offset,
                            std::int32_t largest_bytes, std::string_view suffix);

  std::int64_t count() const { return entries_.count(); }
  bool is_full() const { return count() >= largest_count_; }
  /// The last entry's offset; the segment's base if there is none.
  std::int64_t last_offset() const { return last_offset_; }

  /// The last entry at or below `offset`, or {base offset, 0}.
  Result<OffsetPosition> lookup(std::int64_t offset);

  /// The first entry at or behind `position`; nullopt if there is none.
  Result<std::optional<OffsetPosition>> first_from(std::int64_t position) const;

  /// `offset` is above last_offset(), within 2^31-1 of the base. An entry that is not is dropped with
  /// KAFKA_STORAGE_ERROR: the log's order is broken.
  Result<void> append(std::int64_t offset, std::int64_t position);

  /// Drops the entries at and above `offset`.
  Result<void> truncate_to(std::int64_t offset);
  Result<void> clear();
  Result<void> write_pending() { return entries_.write_pending(); }
  Result<io::FileHandle> file() { return entries_.file(); }

 private:
  OffsetIndex(EntryFile entries, std::int64_t base_offset, std::int32_t largest_bytes)
      : entries_(std::move(entries)),
        base_offset_(base_offset),
        largest_count_(largest_bytes / static_cast<std::int32_t>(kEntrySize)),
        last_offset_(base_offset) {}

  /// An entry and its slot; -1 for the segment's start, which has none.
  struct Found {
    std::int64_t slot = -1;
    OffsetPosition entry;
  };
  OffsetPosition decode(ByteView entry) const;
  Result<OffsetPosition> entry(std::int64_t slot) const;
  /// The last entry whose offset is at or below `offset`.
  Result<Found> find(std::int64_t offset);
  /// The same among older entries, which are not in memory.
  Result<Found> find_in_file(std::int64_t offset);
  /// The same in a page whose first entry is at or below `offset`.
  Found find_in(const EntryPage& page, std::int64_t offset) const;
  bool starts_at_or_below(const EntryPage& page, std::int64_t offset) const;
  bool ends_above(const EntryPage& page, std::int64_t offset) const;
  Result<void> load_last();

  EntryFile entries_;
  std::int64_t base_offset_;
  std::int64_t largest_count_;
  std::int64_t last_offset_;
};

}  // namespace moldau::log
