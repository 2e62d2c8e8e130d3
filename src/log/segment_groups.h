#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"

namespace moldau::log {

/// A segment that is to be compacted, and what it costs.
struct SourceSegment {
  std::int64_t base_offset = 0;
  std::int64_t size_bytes = 0;
  TimestampMs modified_ms = 0;
  std::int64_t offset_index_bytes = 0;
  std::int64_t time_index_bytes = 0;

  bool operator==(const SourceSegment&) const = default;
};

/// What one compacted segment may hold.
struct GroupLimits {
  std::int64_t segment_bytes = 0;             ///< `segment.bytes`, of all logs together.
  std::int64_t index_bytes = 0;               ///< `segment.index.bytes`, of either index.
  std::int64_t first_uncleanable_offset = 0;  ///< Behind the last segment.
};

/// Neighbours that are to become one segment: as many as keep within the limits, the offsets within 2^31-1 of
/// the first base. So segments do not dwindle from pass to pass. The pieces are `segments`, in order.
std::vector<std::span<const SourceSegment>> group_segments(std::span<const SourceSegment> segments,
                                                           const GroupLimits& limits);

}  // namespace moldau::log
