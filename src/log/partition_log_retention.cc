// How a log loses its oldest records (docs/formats/segment.md).

#include <algorithm>
#include <iterator>
#include <utility>

#include "log/partition_log.h"

namespace moldau::log {

Result<void> PartitionLog::advance_log_start(std::int64_t offset) {
  if (auto usable = check_usable(); !usable) return usable;
  if (offset > log_.log_end_offset) {
    return fail(ErrorCode::kOffsetOutOfRange, "the log cannot start behind its end");
  }
  if (offset <= log_.log_start_offset) return {};
  log_.log_start_offset = offset;
  log_.epochs.truncate_from_start(offset);
  log_.producers.forget_completed_below(offset);
  log_.snapshots.log_starts_at(offset);
  return {};
}

bool PartitionLog::drop_segments_below(std::int64_t offset) {
  if (is_swapping()) return !dropped_segments_.empty();
  const std::int64_t limit = std::min(offset, log_.log_start_offset);
  while (log_.segments.size() > 1) {
    const auto first = log_.segments.begin();
    if (std::next(first)->first > limit) break;
    const std::int64_t base_offset = first->first;
    dropped_segments_.push_back(base_offset);
    log_.snapshots.forget(base_offset);
    log_.segments.remove(base_offset);
  }
  return !dropped_segments_.empty();
}

Result<std::int64_t> PartitionLog::retained_from(const RetentionLimits& limits, std::int64_t high_watermark,
                                                 TimestampMs now_ms) {
  if (auto usable = check_usable(); !usable) return fail(std::move(usable).error());
  auto at = log_.segments.begin();
  const auto end_of = [&](auto segment) {
    const auto next = std::next(segment);
    return next == log_.segments.end() ? log_.log_end_offset : next->first;
  };
  const auto may_go = [&](auto segment) {
    return segment != log_.segments.end() && end_of(segment) <= high_watermark &&
           end_of(segment) > segment->first;
  };
  while (may_go(at) && std::next(at) != log_.segments.end() && end_of(at) <= log_.log_start_offset)
    ++at;
  if (limits.max_bytes >= 0) {
    std::int64_t excess_bytes = -limits.max_bytes;
    for (auto counted = at; counted != log_.segments.end(); ++counted)
      excess_bytes += counted->second->size_bytes();
    while (may_go(at) && excess_bytes >= at->second->size_bytes()) {
      excess_bytes -= at->second->size_bytes();
      ++at;
    }
  }
  while (limits.max_age_ms >= 0 && may_go(at)) {
    const auto largest = largest_timestamp_of(*at->second);
    if (!largest) return fail(largest.error());
    if (now_ms - *largest <= limits.max_age_ms) break;
    ++at;
  }
  return at == log_.segments.end() ? log_.log_end_offset : at->first;
}

std::int64_t PartitionLog::size_bytes() const {
  std::int64_t size_bytes = 0;
  for (const auto& [base_offset, segment] : log_.segments)
    size_bytes += segment->size_bytes();
  return size_bytes;
}

Result<std::vector<SegmentSummary>> PartitionLog::segments() {
  if (auto usable = check_usable(); !usable) return fail(std::move(usable).error());
  std::vector<SegmentSummary> summaries;
  summaries.reserve(log_.segments.size());
  for (const auto& [base_offset, segment] : log_.segments) {
    const auto largest = largest_timestamp_of(*segment);
    if (!largest) return fail(largest.error());
    summaries.push_back({base_offset, segment->size_bytes(), *largest});
  }
  return summaries;
}

}  // namespace moldau::log
