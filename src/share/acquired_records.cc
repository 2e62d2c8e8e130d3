#include "share/acquired_records.h"

#include <algorithm>
#include <cstddef>
#include <set>

namespace moldau::share {

void append_offset(std::vector<AcquiredRecords>& ranges, std::size_t first_of_batch, std::int64_t offset,
                   std::int16_t delivery_count) {
  if (ranges.size() > first_of_batch) {
    AcquiredRecords& last = ranges.back();
    if (last.last_offset + 1 == offset && last.delivery_count == delivery_count) {
      last.last_offset = offset;
      return;
    }
  }
  ranges.push_back(
      {.first_offset = offset, .last_offset = offset, .delivery_count = delivery_count, .unknown_tags = {}});
}

SentBatches sent_batches(std::span<const FetchedBatch> batches, std::span<const AcquiredRecords> ranges) {
  const auto begun_by = [&](std::int64_t offset) {
    const auto above =
        std::ranges::find_if(batches, [&](const FetchedBatch& batch) { return batch.base_offset > offset; });
    return std::max(std::size_t{1}, static_cast<std::size_t>(above - batches.begin()));
  };
  return {.first = begun_by(ranges.front().first_offset) - 1, .end = begun_by(ranges.back().last_offset)};
}

std::vector<FetchedBatch> aborted_batches(std::span<const FetchedBatch> batches,
                                          std::span<const AbortedTransaction> aborted) {
  std::vector<AbortedTransaction> coming(aborted.begin(), aborted.end());
  std::ranges::sort(coming, {}, &AbortedTransaction::first_offset);
  auto next = coming.begin();
  std::set<std::int64_t> producers;
  std::vector<FetchedBatch> found;
  for (const FetchedBatch& batch : batches) {
    if (batch.producer_id < 0) continue;
    for (; next != coming.end() && next->first_offset <= batch.last_offset; ++next) {
      producers.insert(next->producer_id);
    }
    if (batch.is_abort_marker) {
      producers.erase(batch.producer_id);
    } else if (batch.is_transactional && producers.contains(batch.producer_id)) {
      found.push_back(batch);
    }
  }
  return found;
}

std::vector<AcquiredRecords> without_batches(std::span<const AcquiredRecords> ranges,
                                             std::span<const FetchedBatch> batches) {
  std::vector<AcquiredRecords> left;
  auto batch = batches.begin();
  for (AcquiredRecords range : ranges) {
    while (batch != batches.end() && batch->last_offset < range.first_offset)
      ++batch;
    for (auto cut = batch; cut != batches.end() && cut->base_offset <= range.last_offset; ++cut) {
      if (range.first_offset < cut->base_offset) {
        left.push_back(range);
        left.back().last_offset = cut->base_offset - 1;
      }
      range.first_offset = cut->last_offset + 1;
    }
    if (range.first_offset <= range.last_offset) left.push_back(range);
  }
  return left;
}

}  // namespace moldau::share
