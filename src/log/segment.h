#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "io/directory.h"
#include "log/batch_scanner.h"
#include "log/file_names.h"
#include "log/flush_work.h"
#include "log/offset_index.h"
#include "log/time_index.h"
#include "log/transaction_index.h"

namespace moldau::log {

/// What segments need of the log's configuration.
struct SegmentSettings {
  std::int32_t index_interval_bytes = 4096;      ///< `index.interval.bytes`
  std::int32_t index_size_max_bytes = 10485760;  ///< `segment.index.bytes`
};

/// What decides whether the next append needs a new segment.
struct RollQuestion {
  TimestampMs now_ms = 0;
  TimestampMs max_timestamp_ms = -1;  ///< Of the batches to append.
  std::int64_t last_offset = 0;       ///< Of the batches to append.
  std::int64_t size_bytes = 0;        ///< Of the batches to append.
  std::int64_t segment_bytes = 0;     ///< `segment.bytes`
  std::int64_t segment_ms = 0;        ///< `segment.ms` less the jitter drawn for it
};

/// One `.log` file with its indexes. Files are opened when first needed, apart from those of a new segment.
/// Failures are KAFKA_STORAGE_ERROR.
class Segment {
 public:
  /// Makes the file of an empty segment, with `suffix` behind its name; its indexes' files come with their
  /// first entries, or when it ends. The folder is not synced.
  static Result<std::shared_ptr<Segment>> create(std::shared_ptr<io::Directory> directory,
                                                 std::int64_t base_offset, const SegmentSettings& settings,
                                                 TimestampMs now_ms, std::string_view suffix = {});
  /// A segment found in the folder, of which nothing is read yet.
  static std::shared_ptr<Segment> existing(std::shared_ptr<io::Directory> directory, std::int64_t base_offset,
                                           const io::DirectoryEntry& log_file,
                                           const SegmentSettings& settings, TimestampMs now_ms);

  /// Made here, not found: its folder may have been synced before the last of its files was made.
  bool is_new() const { return is_new_; }
  std::int64_t base_offset() const { return base_offset_; }
  std::int64_t size_bytes() const { return size_bytes_; }
  TimestampMs modified_ms() const { return modified_ms_; }

  Result<io::FileHandle> file();
  Result<OffsetIndex*> offset_index();
  Result<TimeIndex*> time_index();
  TransactionIndex& transaction_index() { return transaction_index_; }

  /// Writes whole batches behind the last one and extends the indexes. One write for all.
  Result<void> append(ByteView batches, TimestampMs now_ms);

  Result<bool> should_roll(const RollQuestion& question);

  /// The first batch whose last offset is at or above `offset`; nullopt if all are below. CORRUPT_MESSAGE if
  /// bytes that are no batch come before it: what lies behind them is not to be taken for the next batch.
  Result<std::optional<BatchPlace>> find(std::int64_t offset);
  /// A scanner from the batch that starts at `position` on.
  Result<BatchScanner> scan_from(std::int64_t position);
  /// A scanner from an indexed batch on, at or before the batch that contains `offset`. An index entry that
  /// points to no such batch is not believed: then from the file's start.
  Result<BatchScanner> scan_near(std::int64_t offset);
  /// Reads a whole batch found before.
  Result<Bytes> read_batch(const BatchPlace& place);

  struct End {
    std::int64_t next_offset = 0;  ///< After the last whole batch; the base offset if there is none.
    bool is_whole = true;          ///< The file ends there, and the indexes point to nothing behind it.
  };
  /// Where the batches end, from the last index entry on.
  Result<End> end();

  /// Whether max_timestamp() and largest_timestamp_ms() need no file.
  bool knows_max_timestamp() const { return max_timestamp_.has_value(); }
  /// Largest timestamp of a record and the last offset of its batch; {-1, ...} if there is none.
  Result<TimestampOffset> max_timestamp();
  /// The same, but the file's modification time where no record has a timestamp.
  Result<TimestampMs> largest_timestamp_ms();
  /// The maximum timestamp of the first batch; -1 if there is none or it has none.
  Result<TimestampMs> first_batch_timestamp();

  /// Cuts off the batch that contains `offset` and all behind it. Answers the bytes cut.
  Result<std::int64_t> truncate_to(std::int64_t offset, TimestampMs now_ms);

  /// Sees batches in order; an error ends the walk with that error.
  using BatchVisitor = std::function<Result<void>(const BatchPlace&, ByteView)>;
  /// Shows the batches between two positions, which lie at the starts of batches; the CRC is not checked.
  Result<void> visit(std::int64_t from_position, std::int64_t to_position, const BatchVisitor& visitor);
  /// Reads the whole file: keeps the batches up to the first one that is incomplete, fails its CRC, does
  /// not rise in offsets or is called INVALID_RECORD by `keep`, cuts the file there and makes all indexes
  /// new. Answers the bytes cut.
  Result<std::int64_t> recover(const BatchVisitor& keep);

  /// Ends the indexes: nothing will be appended.
  Result<void> finish();

  /// Files with content that may not be durable yet: the log, from where it ended at the last call on, and
  /// for a finished segment the indexes. A log to which nothing was written has none.
  Result<std::vector<UnsyncedFile>> files_to_sync(bool with_indexes);

  /// Unlinks the files; slices that are under way keep theirs.
  Result<void> remove_files();
  /// Lets go of open files; they are opened again when needed. Pending index entries are written first. Those
  /// of a segment with a suffix stay open, as their names are about to change.
  Result<void> release_files();

  /// Renames the files there are to end with `suffix`.
  Result<void> rename_files(std::string_view suffix);
  /// The files have lost their suffix: from now on they are opened by their own names.
  Result<void> lost_suffix();

 private:
  Segment(std::shared_ptr<io::Directory> directory, std::int64_t base_offset, const SegmentSettings& settings,
          TimestampMs now_ms, std::string_view suffix = {})
      : directory_(std::move(directory)),
        base_offset_(base_offset),
        suffix_(suffix),
        settings_(settings),
        transaction_index_(directory_, base_offset, suffix),
        created_ms_(now_ms),
        modified_ms_(now_ms) {}

  /// Adds the entries that fall due before a batch that lies at `place`.
  Result<void> index_batch(const BatchPlace& place);
  Result<void> read_max_timestamp_after_truncation();
  /// What waits, of the indexes that are in use; from here on their files are there.
  Result<void> write_indexes();
  std::string file_name(std::string_view kind) const {
    return offset_file_name(base_offset_, kind) + suffix_;
  }

  std::shared_ptr<io::Directory> directory_;
  std::int64_t base_offset_;
  std::string suffix_;  ///< Behind the files' names, while a compaction makes them or puts them in place.
  SegmentSettings settings_;
  std::int64_t size_bytes_ = 0;
  std::int64_t sync_asked_bytes_ = 0;  ///< Size of the log when it was last to be synced.
  bool is_new_ = false;
  bool is_untouched_ = false;  ///< The log is new and nothing was written to it.
  io::FileHandle file_;
  std::optional<OffsetIndex> offset_index_;
  std::optional<TimeIndex> time_index_;
  TransactionIndex transaction_index_;
  std::int64_t bytes_since_index_entry_ = 0;
  std::optional<BatchPlace> last_appended_;           ///< What most readers ask for; nullopt if it was cut.
  std::optional<TimestampOffset> max_timestamp_;      ///< Nullopt until read from the time index.
  std::optional<TimestampMs> first_batch_timestamp_;  ///< Nullopt until the first batch was looked at.
  TimestampMs created_ms_;
  TimestampMs modified_ms_;
};

}  // namespace moldau::log
