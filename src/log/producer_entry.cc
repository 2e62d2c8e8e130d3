#include "log/producer_entry.h"

#include <algorithm>

#include "protocol/records/batch.h"

namespace moldau::log {

std::int32_t ProducedBatch::base_sequence() const {
  if (last_sequence < 0 || offset_delta < 0) return records::kNoSequence;
  return records::decrement_sequence(last_sequence, offset_delta);
}

std::optional<ProducedBatch> ProducerEntry::find_duplicate(std::int16_t batch_epoch,
                                                           std::int32_t first_sequence,
                                                           std::int32_t last_sequence) const {
  if (batch_epoch != epoch) return std::nullopt;
  const auto found = std::ranges::find_if(batches, [&](const ProducedBatch& batch) {
    return batch.base_sequence() == first_sequence && batch.last_sequence == last_sequence;
  });
  if (found == batches.end()) return std::nullopt;
  return *found;
}

void ProducerEntry::set_epoch(std::int16_t new_epoch) {
  if (epoch == new_epoch) return;
  batches.clear();
  epoch = new_epoch;
}

void ProducerEntry::add_batch(std::int16_t batch_epoch, const ProducedBatch& batch) {
  set_epoch(batch_epoch);
  if (batches.size() == kBatchesKept) batches.erase(batches.begin());
  batches.push_back(batch);
  last_timestamp_ms = batch.timestamp_ms;
}

bool ProducerEntry::recall(const ProducedBatch& earlier) {
  if (batches.empty() || batches.size() >= kBatchesKept) return false;
  if (earlier.last_offset < batches.front().base_offset()) {
    const std::int32_t next = records::increment_sequence(earlier.last_sequence, 1);
    if (next != batches.front().base_sequence()) return false;
    batches.insert(batches.begin(), earlier);
  }
  return batches.size() < kBatchesKept && batches.front().base_sequence() > 0;
}

}  // namespace moldau::log
