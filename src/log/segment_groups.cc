#include "log/segment_groups.h"

#include <limits>

namespace moldau::log {

std::vector<std::span<const SourceSegment>> group_segments(std::span<const SourceSegment> segments,
                                                           const GroupLimits& limits) {
  std::vector<std::span<const SourceSegment>> groups;
  std::size_t begin = 0;
  while (begin < segments.size()) {
    SourceSegment sum = segments[begin];
    std::size_t end = begin + 1;
    for (; end < segments.size(); ++end) {
      const SourceSegment& next = segments[end];
      // The last offset of a segment is not known without reading it; the next one begins behind it.
      const std::int64_t behind =
          end + 1 < segments.size() ? segments[end + 1].base_offset : limits.first_uncleanable_offset;
      const bool is_near =
          next.size_bytes == 0 || behind - 1 - sum.base_offset <= std::numeric_limits<std::int32_t>::max();
      if (!is_near || sum.size_bytes + next.size_bytes > limits.segment_bytes ||
          sum.offset_index_bytes + next.offset_index_bytes > limits.index_bytes ||
          sum.time_index_bytes + next.time_index_bytes > limits.index_bytes) {
        break;
      }
      sum.size_bytes += next.size_bytes;
      sum.offset_index_bytes += next.offset_index_bytes;
      sum.time_index_bytes += next.time_index_bytes;
    }
    groups.push_back(segments.subspan(begin, end - begin));
    begin = end;
  }
  return groups;
}

}  // namespace moldau::log
