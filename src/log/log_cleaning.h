#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "base/buffer.h"
#include "base/result.h"
#include "base/time.h"
#include "io/directory.h"
#include "log/batch_filter.h"
#include "log/cleaned_transactions.h"
#include "log/offset_map.h"
#include "log/record_retention.h"
#include "log/segment.h"
#include "log/segment_groups.h"

namespace moldau::log {

/// What a pass of compaction needs to know of a log, taken by PartitionLog::plan_cleaning(). A value: the log
/// goes on meanwhile.
struct CleaningPlan {
  std::shared_ptr<io::Directory> directory;
  SegmentSettings segment;
  std::int64_t segment_bytes = 0;       ///< `segment.bytes`
  std::vector<SourceSegment> segments;  ///< All but the active one; the sizes of indexes are not known yet.
  std::int64_t active_base_offset = 0;
  std::int64_t log_start_offset = 0;
  std::int64_t first_dirty_offset = 0;
  std::int64_t first_uncleanable_offset = 0;
  std::int64_t delete_retention_ms = 86400000;  ///< `delete.retention.ms`
  LastRecords last_records;
  std::int64_t generation = 0;  ///< Tells the log before a truncation from that after it.
};

/// The tools of one cleaner, which it uses for one log after the other.
struct CleanerTools {
  OffsetMap* map = nullptr;  ///< Outlives the pass; cleared by it.
  double load_factor = 0.9;  ///< `log.cleaner.io.buffer.load.factor`: how full the map may get.
  /// `log.cleaner.io.buffer.size` of each of the two buffers. A batch that does not fit gets room of its own.
  std::size_t io_buffer_bytes = std::size_t{512} << 10;
  /// Is told the bytes that were read or written since the last call, and may block to keep a rate
  /// (`log.cleaner.io.max.bytes.per.second`). False ends the pass: the log is wanted elsewhere.
  std::function<bool(std::int64_t bytes)> may_continue;
};

/// What a pass has done, for metrics.
struct CleaningStats {
  std::int64_t map_bytes_read = 0;
  std::int64_t map_records_read = 0;
  std::int64_t bytes_read = 0;
  std::int64_t bytes_written = 0;
  std::int64_t records_read = 0;
  std::int64_t records_written = 0;
  std::int64_t records_without_key = 0;
  double map_utilization = 0;
};

/// A segment that is ready to take the place of others, for PartitionLog::begin_swap(). Its files end with
/// `.cleaned` and are durable.
struct CleanedSegment {
  std::shared_ptr<Segment> segment;
  /// Behind the last batch of which something is left; its base if nothing is. No segment that it replaces
  /// begins between the batch and here.
  std::int64_t end_offset = 0;
  std::vector<SourceSegment> replaced;  ///< By base offset; the first has the base of `segment`.
  std::int64_t generation = 0;          ///< CleaningPlan::generation
};

/// One pass of compaction over one log. Blocks; runs beside the loop that owns the log and touches no object
/// of that loop's: it opens the files of ended segments by their names, which nobody writes to. The log may
/// lose segments meanwhile; the pass then fails or what it made is refused by begin_swap(), and no harm is
/// done.
///
/// Errors: KAFKA_STORAGE_ERROR of the disk, or because a file is gone: only the log's owner can tell.
/// CORRUPT_MESSAGE, INVALID_RECORD and codecs' errors for records that cannot be read, by which the log
/// cannot be compacted until it has lost them. OPERATION_NOT_ATTEMPTED once may_continue has said false.
/// After an error the pass has removed what it was writing, as far as the disk let it, and is of no more use.
class LogCleaning {
 public:
  /// The tools are used by nobody else while the pass lives.
  LogCleaning(CleaningPlan plan, CleanerTools tools, TimestampMs now_ms);
  LogCleaning(const LogCleaning&) = delete;  // The groups are pieces of the plan.
  LogCleaning& operator=(const LogCleaning&) = delete;

  /// First: reads the keys from the first dirty offset on, as many as the map may hold.
  Result<void> read_keys();

  /// Then until nullopt: compacts the next neighbours into one segment. It may be put in place before the
  /// next call, and should be: until then the disk holds both.
  Result<std::optional<CleanedSegment>> clean_next();

  /// All before is compacted once everything is in place: for cleaner-offset-checkpoint.
  std::int64_t end_offset() const { return tools_.map->latest_offset() + 1; }
  const CleaningStats& stats() const { return stats_; }

 private:
  class Output;

  Result<void> look_around();
  Result<void> go_on(std::int64_t bytes);
  Result<std::vector<AbortedTransaction>> aborted_between(std::int64_t from, std::int64_t to);
  /// True if the map is full.
  Result<bool> read_keys_of(const SourceSegment& segment, std::int64_t next_base_offset,
                            CleanedTransactions& transactions);
  Result<bool> note_keys(const BatchPlace& place, ByteView bytes, CleanedTransactions& transactions);
  Result<void> write_group(std::span<const SourceSegment> group, Output& output);
  Result<void> write_segment(const SourceSegment& source, BatchFilter& filter, Output& output);

  CleaningPlan plan_;
  CleanerTools tools_;
  RetentionRules rules_;
  TimestampMs legacy_horizon_ms_ = 0;           ///< Tombstones of magic 0 and 1 in segments not younger go.
  std::set<std::int64_t> transaction_indexes_;  ///< Base offsets of segments that have one.
  std::vector<std::span<const SourceSegment>> groups_;
  std::size_t next_group_ = 0;
  CleanedTransactions transactions_;
  records::DecoderSet decoders_;
  CleaningStats stats_;
};

}  // namespace moldau::log
