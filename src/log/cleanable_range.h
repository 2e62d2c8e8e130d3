#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include "base/time.h"

namespace moldau::log {

/// What decides when a log is to be compacted. Defaults are Kafka's.
struct CompactionRules {
  double min_cleanable_ratio = 0.5;                                    ///< `min.cleanable.dirty.ratio`
  std::int64_t min_lag_ms = 0;                                         ///< `min.compaction.lag.ms`
  std::int64_t max_lag_ms = std::numeric_limits<std::int64_t>::max();  ///< `max.compaction.lag.ms`
};

/// A log as it stands when it is asked what of it may be compacted.
struct CleanableQuestion {
  std::int64_t log_start_offset = 0;
  std::int64_t log_end_offset = 0;
  std::int64_t last_stable_offset = 0;
  /// From cleaner-offset-checkpoint: all before is compacted.
  std::optional<std::int64_t> checkpoint = {};
  TimestampMs now_ms = 0;
};

/// A segment as the question sees it. Timestamps matter from the segment of the first dirty offset on.
struct CleanableSegment {
  std::int64_t base_offset = 0;
  std::int64_t size_bytes = 0;
  TimestampMs largest_timestamp_ms = -1;      ///< Segment::largest_timestamp_ms()
  TimestampMs first_batch_timestamp_ms = -1;  ///< Segment::first_batch_timestamp()
};

/// Where compaction has to begin.
struct FirstDirty {
  std::int64_t offset = 0;
  /// The checkpoint was outside of the log and is to be replaced by the offset.
  bool resets_checkpoint = false;

  bool operator==(const FirstDirty&) const = default;
};

/// The checkpoint, or the log's start without one or with one that lies outside of the log.
FirstDirty find_first_dirty(const CleanableQuestion& question);

/// What of a log may be compacted now, and how badly it wants to be.
struct CleanableRange {
  FirstDirty first_dirty;
  /// The base offset of the first segment that has to stay as it is: the active one, the one that holds the
  /// last stable offset, or the first one with records younger than the minimum lag. May be below the first
  /// dirty offset: then there is nothing to do.
  std::int64_t first_uncleanable_offset = 0;
  std::int64_t clean_bytes = 0;      ///< Of segments that begin below the first dirty offset.
  std::int64_t cleanable_bytes = 0;  ///< Of segments from the first dirty to the first uncleanable offset.
  /// For how long the oldest dirty records have been above the maximum lag; 0 if they are not.
  std::int64_t delay_ms = 0;

  std::int64_t total_bytes() const { return clean_bytes + cleanable_bytes; }
  /// Cleanable bytes of the total; 0 of an empty log. The log with the largest goes first.
  double ratio() const;
  /// Whether it is to be compacted now.
  bool is_due(const CompactionRules& rules) const {
    return (delay_ms > 0 && cleanable_bytes > 0) || ratio() > rules.min_cleanable_ratio;
  }

  bool operator==(const CleanableRange&) const = default;
};

/// `segments` are all of the log by base offset, the active one last.
CleanableRange find_cleanable_range(const CleanableQuestion& question, const CompactionRules& rules,
                                    std::span<const CleanableSegment> segments);

/// The index of the segment that holds `offset`: the last that begins at or below it, or the first.
/// `segments` are not empty.
template <class Segments>
std::size_t floor_index(const Segments& segments, std::int64_t offset) {
  std::size_t index = segments.size() - 1;
  while (index > 0 && segments[index].base_offset > offset)
    --index;
  return index;
}

}  // namespace moldau::log
