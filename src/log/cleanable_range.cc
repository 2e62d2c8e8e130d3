#include "log/cleanable_range.h"

#include <algorithm>

#include "base/assert.h"

namespace moldau::log {
namespace {

/// The segments from the one that holds `offset` on, without the active one.
std::span<const CleanableSegment> ended_from(std::span<const CleanableSegment> segments,
                                             std::int64_t offset) {
  const std::span ended = segments.first(segments.size() - 1);
  if (ended.empty() || offset >= segments.back().base_offset) return {};
  return ended.subspan(floor_index(ended, offset));
}

std::int64_t delay_of(std::span<const CleanableSegment> dirty, std::int64_t max_lag_ms, TimestampMs now_ms) {
  TimestampMs earliest_ms = std::numeric_limits<TimestampMs>::max();
  for (const CleanableSegment& segment : dirty) {
    if (segment.first_batch_timestamp_ms > 0) {
      earliest_ms = std::min(earliest_ms, segment.first_batch_timestamp_ms);
    }
  }
  const TimestampMs latest_allowed_ms = now_ms - std::max<std::int64_t>(max_lag_ms, 0);
  return earliest_ms < latest_allowed_ms ? latest_allowed_ms - earliest_ms : 0;
}

}  // namespace

FirstDirty find_first_dirty(const CleanableQuestion& question) {
  if (!question.checkpoint) return {question.log_start_offset, false};
  const bool is_inside =
      *question.checkpoint >= question.log_start_offset && *question.checkpoint <= question.log_end_offset;
  return is_inside ? FirstDirty{*question.checkpoint, false} : FirstDirty{question.log_start_offset, true};
}

double CleanableRange::ratio() const {
  return total_bytes() == 0 ? 0 : static_cast<double>(cleanable_bytes) / static_cast<double>(total_bytes());
}

CleanableRange find_cleanable_range(const CleanableQuestion& question, const CompactionRules& rules,
                                    std::span<const CleanableSegment> segments) {
  require(!segments.empty(), "a log has an active segment");
  CleanableRange range{.first_dirty = find_first_dirty(question)};
  const std::int64_t first_dirty = range.first_dirty.offset;
  const auto dirty = ended_from(segments, first_dirty);

  std::int64_t limit = std::min(question.last_stable_offset, segments.back().base_offset);
  if (rules.min_lag_ms > 0) {
    const auto young = std::ranges::find_if(dirty, [&](const CleanableSegment& segment) {
      return segment.largest_timestamp_ms > question.now_ms - rules.min_lag_ms;
    });
    if (young != dirty.end()) limit = std::min(limit, young->base_offset);
  }
  // Only whole segments are compacted.
  const auto kept = ended_from(segments, std::max(first_dirty, limit));
  range.first_uncleanable_offset = kept.empty() ? segments.back().base_offset : kept.front().base_offset;

  const std::size_t first = floor_index(segments, first_dirty);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const CleanableSegment& segment = segments[i];
    if (segment.base_offset < first_dirty) range.clean_bytes += segment.size_bytes;
    if (i >= first && first_dirty < range.first_uncleanable_offset &&
        segment.base_offset < range.first_uncleanable_offset) {
      range.cleanable_bytes += segment.size_bytes;
    }
  }
  range.delay_ms = delay_of(dirty, rules.max_lag_ms, question.now_ms);
  return range;
}

}  // namespace moldau::log
