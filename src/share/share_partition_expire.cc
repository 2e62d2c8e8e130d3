#include <algorithm>
#include <utility>

#include "share/share_partition.h"

namespace moldau::share {

std::optional<SharePartition::Write> SharePartition::expire_locks(Instant now) {
  protocol::WriteShareGroupStateRequest::PartitionData data;
  while (const std::optional<AcquisitionLocks::Expired> expired = locks_.take_expired(now)) {
    expire(*expired, data.state_batches);
  }
  if (data.state_batches.empty()) return std::nullopt;
  return write(std::move(data), {});
}

void SharePartition::expire(const AcquisitionLocks::Expired& expired,
                            std::vector<protocol::WriteShareGroupStateRequest::StateBatch>& batches) {
  const auto floor = floor_of(expired.first_offset);
  for (auto at = floor; at != batches_.end() && at->first <= expired.last_offset; ++at) {
    InFlightBatch& batch = at->second;
    if (!batch.is_split()) {
      batch.state().expire(expired.lock);
      if (batch.state().state() != RecordState::kAcquired) continue;
      if (!does_start_cut(batch.first_offset(), batch.last_offset())) {
        take_back(batch.state(), batch.first_offset(), batch.last_offset(), batches);
        continue;
      }
      batch.split(locks_);
    }
    const std::int64_t last = std::min(batch.last_offset(), expired.last_offset);
    for (std::int64_t offset = std::max(batch.first_offset(), expired.first_offset); offset <= last;
         ++offset) {
      InFlightState& state = batch.state_at(offset);
      state.expire(expired.lock);
      if (state.state() == RecordState::kAcquired) take_back(state, offset, offset, batches);
    }
  }
}

void SharePartition::take_back(InFlightState& state, std::int64_t first_offset, std::int64_t last_offset,
                               std::vector<protocol::WriteShareGroupStateRequest::StateBatch>& batches) {
  state.change(last_offset < start_offset_ ? RecordState::kArchived : RecordState::kAvailable,
               limits_.max_delivery_count);
  add_state(batches, first_offset, last_offset, state);
  state.cancel_lock(locks_);
  if (state.state() == RecordState::kAvailable) is_next_fetch_sought_ = true;
  if (is_terminal(state.state())) delivery_complete_count_ += count_in_flight(first_offset, last_offset);
}

}  // namespace moldau::share
