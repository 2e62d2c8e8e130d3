#include <algorithm>
#include <iterator>
#include <limits>
#include <string>
#include <utility>

#include "base/assert.h"
#include "log/file_names.h"
#include "log/log_cleaning.h"
#include "log/partition_log.h"

namespace moldau::log {

Result<CleanableRange> PartitionLog::cleanable(std::int64_t last_stable_offset,
                                               std::optional<std::int64_t> checkpoint,
                                               const CompactionRules& rules, TimestampMs now_ms) {
  if (auto usable = check_usable(); !usable) return fail(std::move(usable).error());
  const CleanableQuestion question{.log_start_offset = log_.log_start_offset,
                                   .log_end_offset = log_.log_end_offset,
                                   // A power cut could take the record, or the end of the transaction, for
                                   // which an earlier record was dropped.
                                   .last_stable_offset = std::min(last_stable_offset, durable_stable_offset_),
                                   .checkpoint = checkpoint,
                                   .now_ms = now_ms};
  const auto first_dirty = log_.segments.floor(find_first_dirty(question).offset);
  std::vector<CleanableSegment> segments;
  segments.reserve(log_.segments.size());
  for (const auto& [base_offset, segment] : log_.segments) {
    CleanableSegment& known = segments.emplace_back(base_offset, segment->size_bytes());
    // Segments below were looked at when they were dirty; their files may be closed by now.
    if (base_offset < first_dirty->first) continue;
    if (rules.min_lag_ms > 0) {
      const auto largest = largest_timestamp_of(*segment);
      if (!largest) return fail(largest.error());
      known.largest_timestamp_ms = *largest;
    }
    if (rules.max_lag_ms < std::numeric_limits<std::int64_t>::max()) {
      if (auto used = guard(use_files(*segment)); !used) return fail(std::move(used).error());
      const auto first = guard(segment->first_batch_timestamp());
      if (!first) return fail(first.error());
      known.first_batch_timestamp_ms = *first;
    }
  }
  return find_cleanable_range(question, rules, segments);
}

CleaningPlan PartitionLog::plan_cleaning(const CleanableRange& range,
                                         std::int64_t delete_retention_ms) const {
  CleaningPlan plan{.directory = directory_,
                    .segment = config_.segment,
                    .segment_bytes = config_.segment_bytes,
                    .segments = {},
                    .active_base_offset = log_.segments.last().base_offset(),
                    .log_start_offset = log_.log_start_offset,
                    .first_dirty_offset = range.first_dirty.offset,
                    .first_uncleanable_offset = range.first_uncleanable_offset,
                    .delete_retention_ms = delete_retention_ms,
                    .last_records = last_records_of(log_.producers),
                    .generation = generation_};
  for (auto at = log_.segments.begin(); std::next(at) != log_.segments.end(); ++at) {
    plan.segments.push_back({.base_offset = at->first,
                             .size_bytes = at->second->size_bytes(),
                             .modified_ms = at->second->modified_ms()});
  }
  return plan;
}

bool PartitionLog::has_segments_of(const CleaningPlan& plan) const {
  if (plan.generation != generation_) return false;
  return std::ranges::all_of(
      plan.segments, [&](const SourceSegment& source) { return log_.segments.contains(source.base_offset); });
}

bool PartitionLog::has_still(const CleanedSegment& cleaned) const {
  if (cleaned.generation != generation_) return false;
  auto at = log_.segments.floor(cleaned.segment->base_offset());
  for (const SourceSegment& source : cleaned.replaced) {
    if (at == log_.segments.end() || std::next(at) == log_.segments.end()) return false;
    if (at->first != source.base_offset || at->second->size_bytes() != source.size_bytes) return false;
    ++at;
  }
  return true;
}

Result<std::optional<SegmentSwap>> PartitionLog::begin_swap(const CleanedSegment& cleaned) {
  if (auto usable = check_usable(); !usable) return fail(std::move(usable).error());
  require(!is_swapping(), "segments are swapped one after the other");
  if (!has_still(cleaned)) {
    auto removed = guard(cleaned.segment->remove_files());
    if (!removed) return fail(std::move(removed).error());
    return std::nullopt;
  }
  if (auto renamed = guard(cleaned.segment->rename_files(kSwapSuffix)); !renamed) {
    return fail(std::move(renamed).error());
  }
  SegmentSwap swap{.directory = directory_,
                   .base_offset = cleaned.segment->base_offset(),
                   .end_offset = cleaned.end_offset,
                   .replaced = {}};
  for (const SourceSegment& source : cleaned.replaced) {
    swap.replaced.push_back(source.base_offset);
    log_.segments.remove(source.base_offset);
  }
  log_.segments.add(cleaned.segment);
  bound_ = {};
  swapping_ = {cleaned.segment, swap.replaced};
  return swap;
}

Result<void> PartitionLog::end_swap() {
  require(is_swapping(), "a swap ends that has begun");
  const Swapping ended = std::exchange(swapping_, {});
  if (auto usable = check_usable(); !usable) return usable;
  // The state at the base of a segment that is no more is needed for nothing.
  for (const std::int64_t base_offset : ended.replaced) {
    if (base_offset == ended.segment->base_offset()) continue;
    if (auto removed = guard(log_.snapshots.remove(base_offset)); !removed) return removed;
    log_.is_directory_dirty = true;
  }
  return guard(ended.segment->lost_suffix());
}

}  // namespace moldau::log
