#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace moldau::coordinator {

/// Offsets of a share partition, both ends included, that have been delivered as often and stand in the same
/// delivery state (0 available, 1 acquired, 2 acknowledged, 4 archived). Sorts by its offsets first.
struct StateBatch {
  std::int64_t first_offset = 0;
  std::int64_t last_offset = 0;
  std::int16_t delivery_count = 0;
  std::int8_t delivery_state = 0;

  auto operator<=>(const StateBatch&) const = default;
};

/// In place of a start offset: there is none.
inline constexpr std::int64_t kNoStartOffset = -1;

/// One list of batches without overlaps, in order of offsets, of those known and those that were added
/// (KIP-932). Where batches overlap the larger delivery count holds, then the larger state. What lies before
/// `start_offset` is left out. INVALID_REQUEST for a batch of these that ends before it begins, and for
/// batches that overlap so often that it would take long: those of a share partition's leader do not.
Result<std::vector<StateBatch>> combine_batches(std::span<const StateBatch> known,
                                                std::span<const StateBatch> added, std::int64_t start_offset);

}  // namespace moldau::coordinator
