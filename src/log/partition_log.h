#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "base/uuid.h"
#include "io/directory.h"
#include "io/file.h"
#include "log/cleanable_range.h"
#include "log/flush_work.h"
#include "log/log_config.h"
#include "log/log_loader.h"
#include "log/producer_state.h"
#include "log/segment_swap.h"

namespace moldau::records {
class DecoderSet;
}

namespace moldau::log {

struct CleanedSegment;
struct CleaningPlan;

/// Where appended batches stand.
struct AppendInfo {
  std::int64_t base_offset = 0;
  std::int64_t last_offset = -1;        ///< Below base_offset if nothing was appended.
  TimestampMs log_append_time_ms = -1;  ///< Of a batch with LogAppendTime, or of the original of a duplicate.
  bool is_duplicate = false;  ///< A retry: nothing was written, the offsets are those of the original.
  bool rolled = false;        ///< A new segment began: wants_flush() is true.
};

/// A piece of the log as it lies in one segment's file.
struct ReadInfo {
  io::FileSlice slice;           ///< No file and size 0 if there is nothing below the upper bound.
  std::int64_t base_offset = 0;  ///< Of the first batch, at or below the offset asked for.
  /// The limit cut the first batch: there is nothing useful in the slice.
  bool is_first_batch_cut = false;
};

/// The answer of ListOffsets.
struct OffsetAtTime {
  TimestampMs timestamp_ms = -1;
  std::int64_t offset = -1;
  std::int32_t leader_epoch = -1;  ///< -1 if unknown.

  bool operator==(const OffsetAtTime&) const = default;
};

/// What of a log goes by itself.
struct RetentionLimits {
  std::int64_t max_bytes = -1;   ///< `retention.bytes`; -1: as many as there are
  std::int64_t max_age_ms = -1;  ///< `retention.ms`; -1: however old they are
};

/// A segment as retention sees it.
struct SegmentSummary {
  std::int64_t base_offset = 0;
  std::int64_t size_bytes = 0;
  TimestampMs largest_timestamp_ms = -1;  ///< The file's modification time if no record has one.
};

/// The log of one partition on this node, in Apache Kafka's files (docs/formats/). Owned by one shard;
/// nothing in it blocks but open(), close_clean() and FlushWork::run(). Times are the caller's wall clock.
///
/// Any failure of the disk takes the log offline: this call and all later ones fail with
/// KAFKA_STORAGE_ERROR.
class PartitionLog {
 public:
  /// The files of so many ended segments stay open, those used last: descriptors do not grow with the log.
  static constexpr std::size_t kEndedSegmentsOpen = 4;

  /// Opens the log in `directory`, or makes an empty one there; recovers what a crash left. Blocks.
  /// INCONSISTENT_TOPIC_ID if partition.metadata names another topic than the options.
  static Result<std::unique_ptr<PartitionLog>> open(std::shared_ptr<io::Directory> directory,
                                                    const OpenOptions& options);

  /// Appends one batch that validate.h has passed and whose maximum timestamp is set. Checks the producer,
  /// assigns base offset and leader epoch in place and writes once. RECORD_LIST_TOO_LARGE above
  /// segment_bytes; FENCED_LEADER_EPOCH below the latest epoch; the producer's errors (ProducerState::check).
  Result<AppendInfo> append_as_leader(MutableBytes batch, std::int32_t leader_epoch, TimestampMs now_ms,
                                      const ProducerRules& rules = {});

  /// Appends batches that have their offsets and epochs: as a follower, or to the metadata log. A last batch
  /// that is not whole, and all from the first batch with an epoch above `largest_epoch` on, are left out.
  /// CORRUPT_MESSAGE for a wrong CRC, OFFSET_OUT_OF_RANGE for offsets that do not rise from the log's end.
  Result<AppendInfo> append_as_is(ByteView batches, TimestampMs now_ms,
                                  AppendOrigin origin = AppendOrigin::kReplication,
                                  std::optional<std::int32_t> largest_epoch = {});

  std::int64_t log_start_offset() const { return log_.log_start_offset; }
  /// The offset that the next record gets.
  std::int64_t log_end_offset() const { return log_.log_end_offset; }
  /// All before is durable.
  std::int64_t recovery_point() const { return log_.recovery_point; }
  const std::optional<Uuid>& topic_id() const { return topic_id_; }
  const std::optional<Error>& failure() const { return failure_; }

  /// At most `max_bytes` from the batch that contains `offset` on, below `upper_bound_offset`; with
  /// `at_least_one`, the first batch whole even if it is larger. OFFSET_OUT_OF_RANGE outside of
  /// [log_start_offset, log_end_offset].
  Result<ReadInfo> read(std::int64_t offset, std::int64_t max_bytes, std::int64_t upper_bound_offset,
                        bool at_least_one);
  /// The same as bytes, for replay: empty at the end of the log.
  Result<Bytes> read_bytes(std::int64_t offset, std::int64_t max_bytes, std::int64_t upper_bound_offset,
                           bool at_least_one);

  /// The first record at or above the log start with a timestamp at or above `timestamp_ms`; nullopt if
  /// there is none. CORRUPT_MESSAGE or a codec's error if its batch cannot be decoded. `decoders` are the
  /// thread's own.
  Result<std::optional<OffsetAtTime>> offset_for_timestamp(TimestampMs timestamp_ms,
                                                           records::DecoderSet& decoders);
  /// The first record with the largest timestamp of all segments, also if it lies below the log start;
  /// nullopt if no record has one.
  Result<std::optional<OffsetAtTime>> max_timestamp(records::DecoderSet& decoders);

  /// Where an epoch ended (LeaderEpochCache::end_offset_for); {-1, -1} if it is unknown.
  LeaderEpochCache::EpochEnd end_offset_for_epoch(std::int32_t epoch) const {
    return log_.epochs.end_offset_for(epoch, log_.log_end_offset);
  }
  std::optional<std::int32_t> latest_epoch() const { return log_.epochs.latest_epoch(); }
  const LeaderEpochCache& epochs() const { return log_.epochs; }
  /// Notes that this node leads from the log's end on in `epoch`.
  Result<void> assign_epoch(std::int32_t epoch, std::int64_t start_offset);

  /// Drops the batch that contains `offset` and all behind it; nothing but epochs if `offset` is not below
  /// the end. The recovery point falls: the owner writes its checkpoint, with at most `offset`, before the
  /// call, for a power cut may leave a part of the truncation where recovery would not look.
  Result<void> truncate_to(std::int64_t offset, TimestampMs now_ms);
  /// Drops everything; the log is empty and starts at `offset`. Below a segment that was dropped by
  /// drop_segments_below() only while no flush is under way.
  Result<void> truncate_fully_and_start_at(std::int64_t offset, TimestampMs now_ms);
  /// Begins a new segment at the log's end, unless the active one is empty.
  Result<void> roll(TimestampMs now_ms);

  /// Raises the log start offset; nothing happens if it is higher already. OFFSET_OUT_OF_RANGE above the end.
  Result<void> advance_log_start(std::int64_t offset);
  /// Drops the segments that lie below `offset` and the log start offset as a whole, but never the active
  /// one, and none while is_swapping(). The next flush removes their files. A log start that is not durable
  /// must not be used: a power cut may keep some of several removals, and would leave a gap above the start.
  /// True if there are files to be removed.
  bool drop_segments_below(std::int64_t offset);
  /// Where the first segment begins that stays for `limits`; the log's end if none with records does. From
  /// the oldest on, and only below `high_watermark`, those go that lie below the log start, unless it is the
  /// last one, then those without which the log still has `max_bytes`, then those whose youngest record is
  /// older than `max_age_ms`. Apache Kafka's rule.
  Result<std::int64_t> retained_from(const RetentionLimits& limits, std::int64_t high_watermark,
                                     TimestampMs now_ms);
  Result<std::vector<SegmentSummary>> segments();
  /// Of its segments.
  std::int64_t size_bytes() const;
  std::size_t segment_count() const { return log_.segments.size(); }

  /// Begins a flush of all up to the log's end. The caller runs the work and then reports it; works run in
  /// the order begun.
  Result<FlushWork> begin_flush();
  /// The work of this ticket has run: the recovery point rises.
  void flushed(const FlushTicket& ticket);
  /// A sync failed: the log is offline for good.
  void fail_flush(Error error) { go_offline(std::move(error)); }
  std::int64_t unflushed_messages() const { return log_.log_end_offset - log_.recovery_point; }
  /// Whether so many records are not known to be durable that `flush.messages` asks for a flush.
  bool is_flush_due() const { return unflushed_messages() >= config_.flush_messages; }
  /// Where the log ends for a high watermark: what `flush.messages` wants on disk counts once it is there.
  std::int64_t settled_end_offset() const {
    return is_flush_due() ? log_.recovery_point : log_.log_end_offset;
  }
  /// True if `flush.messages` asks for a flush, if a segment has ended or was dropped, or if files were made,
  /// but those of a new folder. The epochs wait for it: recovery finds them from the recovery point on.
  /// `flush.ms` is its owner's to heed.
  bool wants_flush() const;

  const ProducerState& producers() const { return log_.producers; }
  std::int64_t producer_id_expiration_ms() const { return config_.producer_id_expiration_ms; }
  void remove_expired_producers(TimestampMs now_ms) { log_.producers.remove_expired(now_ms); }
  /// Completed transactions below the high watermark no longer hold back the last stable offset.
  void high_watermark_advanced(std::int64_t high_watermark);
  /// Below it no transaction is open; at most `high_watermark`.
  std::int64_t last_stable_offset(std::int64_t high_watermark) const;
  /// The aborted transactions that overlap [from, to).
  Result<std::vector<AbortedTransaction>> aborted_transactions(std::int64_t from, std::int64_t to);
  /// Those that a reader from `offset` on has to know for what was `found`. There may be more, up to the next
  /// entry of the offset index: what Apache Kafka tells.
  Result<std::vector<AbortedTransaction>> aborted_in(const ReadInfo& found, std::int64_t offset);

  // Compaction. The owner asks cleanable() now and then; where that is_due() it takes a plan, runs a
  // LogCleaning with it in a lane that may block, and for each segment that comes out: begin_swap() here,
  // SegmentSwap::run() in the lane, end_swap() here. At the end it notes LogCleaning::end_offset() as the
  // checkpoint. A pass that fails has done no harm; one whose log has lost segments meanwhile fails, or is
  // refused by begin_swap(). One pass at a time. While is_swapping(), the log is neither truncated nor
  // closed.

  /// What may be compacted, of what is durable up to a flush since the log was opened. `checkpoint` is that
  /// of cleaner-offset-checkpoint; where the range says so, the owner replaces it.
  Result<CleanableRange> cleanable(std::int64_t last_stable_offset, std::optional<std::int64_t> checkpoint,
                                   const CompactionRules& rules, TimestampMs now_ms);
  /// For a pass over `range`, which has cleanable bytes.
  CleaningPlan plan_cleaning(const CleanableRange& range, std::int64_t delete_retention_ms) const;
  /// Whether the segments of the plan are all there still. If not, a pass may have missed their files.
  bool has_segments_of(const CleaningPlan& plan) const;
  /// Puts a compacted segment in the place of those it was made from: from now on it is read. The caller runs
  /// what is left to do on the disk, and says so. nullopt if the log is not what it was: the segment's files
  /// are removed and the pass is to end.
  Result<std::optional<SegmentSwap>> begin_swap(const CleanedSegment& cleaned);
  /// SegmentSwap::run() has ended; a failure is to be reported by fail_flush() before.
  Result<void> end_swap();
  bool is_swapping() const { return swapping_.segment != nullptr; }

  /// Takes a producer snapshot at the end, writes and syncs everything. The log is of no use afterwards.
  /// Blocks.
  Result<void> close_clean();

  /// A changed configuration; segments that exist keep their index settings.
  void reconfigure(const LogConfig& config) {
    config_ = config;
    log_.producers.set_expiration_ms(config.producer_id_expiration_ms);
  }
  io::Directory& directory() const { return *directory_; }

 private:
  PartitionLog(std::shared_ptr<io::Directory> directory, const OpenOptions& options, LoadedLog log)
      : directory_(std::move(directory)),
        new_in_(options.new_in),
        config_(options.config),
        log_(std::move(log)) {
    if (log_.recovery_point == log_.log_end_offset) {
      durable_stable_offset_ = last_stable_offset(log_.log_end_offset);
    }
  }

  Result<void> check_usable() const;
  /// The files of this segment are about to be used; lets go of those of the one not used for longest.
  Result<void> use_files(const Segment& segment);
  Result<TimestampOffset> max_timestamp_of(Segment& segment);
  Result<TimestampMs> largest_timestamp_of(Segment& segment);
  void go_offline(Error error);
  /// Passes a result on; a failure of the disk takes the log offline.
  template <class T>
  Result<T> guard(Result<T> result) {
    if (!result && result.error().code == ErrorCode::kKafkaStorageError) go_offline(result.error());
    return result;
  }

  Result<void> keep_topic_id(const OpenOptions& options);
  /// Lets go of files, and flushes, what the load has left open or not known to be durable. Blocks.
  Result<void> settle_loaded();
  Result<bool> roll_if_due(ByteView batches, std::int64_t base_offset, std::int64_t last_offset,
                           TimestampMs max_timestamp_ms, TimestampMs now_ms);
  Result<void> roll_at(std::int64_t base_offset, TimestampMs now_ms);
  Result<void> write_batches(ByteView batches, std::int64_t last_offset, TimestampMs now_ms);
  Result<void> note_producer(ByteView batch);
  Result<std::int64_t> read_limit(Segment& segment, std::int64_t next_base_offset,
                                  std::int64_t upper_bound_offset);
  Result<ReadInfo> read_range(std::int64_t offset, std::int64_t max_bytes, std::int64_t upper_bound_offset,
                              bool at_least_one);
  /// The first record from an offset on that is at least as young.
  struct Sought {
    TimestampMs timestamp_ms = 0;
    std::int64_t from_offset = 0;
  };
  Result<std::optional<OffsetAtTime>> find_in_batch(Segment& segment, const BatchPlace& place,
                                                    const Sought& sought, records::DecoderSet& decoders);
  Result<std::optional<OffsetAtTime>> find_in_segment(Segment& segment, const Sought& sought,
                                                      records::DecoderSet& decoders);
  Result<void> truncate_segments(std::int64_t offset, TimestampMs now_ms);
  Result<void> rebuild_producers(TimestampMs now_ms);
  Result<void> remove_segment(Segment& segment);
  Result<FlushWork> collect_flush();
  /// Of all there is, while nobody else has the log. Blocks.
  Result<void> flush_alone();
  Result<void> finish_and_sync();
  /// Whether the segments that `cleaned` was made from are all there, and ended.
  bool has_still(const CleanedSegment& cleaned) const;

  std::shared_ptr<io::Directory> directory_;
  std::shared_ptr<io::Directory> new_in_;  ///< Has no durable entry of the folder yet; nullptr if it has.
  LogConfig config_;
  LoadedLog log_;
  /// Base offsets of ended segments with open files, the last used last.
  std::vector<std::int64_t> used_segments_;
  std::optional<Uuid> topic_id_;
  std::optional<Error> failure_;
  std::int64_t generation_ = 0;
  std::int64_t durable_stable_offset_ = 0;  ///< FlushTicket::stable_offset of the last flush that ended.
  bool segment_ended_ = false;
  std::vector<std::int64_t> dropped_segments_;  ///< Base offsets; their files are there until a flush.
  std::int64_t removing_below_ = 0;             ///< A flush under way removes files of segments below it.
  /// Where the upper bound of the last read lies; most readers ask with the same one.
  struct BoundPosition {
    std::int64_t offset = -1;
    std::int64_t segment_base = -1;
    std::int64_t position = 0;
  };
  BoundPosition bound_;
  /// A compacted segment that is being put in its place.
  struct Swapping {
    std::shared_ptr<Segment> segment;
    std::vector<std::int64_t> replaced;
  };
  Swapping swapping_;
};

}  // namespace moldau::log
