#pragma once

#include <cstdint>
#include <optional>

#include "log/log_cleaning.h"
#include "log/partition_log.h"

namespace moldau::log::testing {

/// How a pass over a log is run, and what came of it.
struct CleaningRun {
  std::int64_t first_dirty_offset = 0;
  std::int64_t first_uncleanable_offset = 0;
  TimestampMs now_ms = 20000;
  std::int64_t delete_retention_ms = 1000;
  std::size_t map_bytes = std::size_t{24} * 1000;
  std::size_t io_buffer_bytes = 4096;

  /// Runs it to its end, each segment put in place before the next is made. Answers the end offset.
  Result<std::int64_t> run(PartitionLog& log, CleaningStats* stats = nullptr) const {
    CleanableRange range;
    range.first_dirty.offset = first_dirty_offset;
    range.first_uncleanable_offset = first_uncleanable_offset;
    auto map = OffsetMap::create(map_bytes).value();
    LogCleaning cleaning(log.plan_cleaning(range, delete_retention_ms),
                         {.map = &map, .io_buffer_bytes = io_buffer_bytes, .may_continue = {}}, now_ms);
    if (auto read = cleaning.read_keys(); !read) return fail(std::move(read).error());
    while (true) {
      auto cleaned = cleaning.clean_next();
      if (!cleaned) return fail(std::move(cleaned).error());
      if (!*cleaned) break;
      auto swap = log.begin_swap(**cleaned);
      if (!swap) return fail(std::move(swap).error());
      if (!*swap) return fail(ErrorCode::kOperationNotAttempted, "the log has changed");
      if (auto done = (*swap)->run(); !done) return fail(std::move(done).error());
      if (auto ended = log.end_swap(); !ended) return fail(std::move(ended).error());
    }
    if (stats != nullptr) *stats = cleaning.stats();
    return cleaning.end_offset();
  }
};

/// All before the active segment.
inline CleaningRun whole_run(PartitionLog& log) {
  return {.first_uncleanable_offset = log.segments().value().back().base_offset};
}

}  // namespace moldau::log::testing
