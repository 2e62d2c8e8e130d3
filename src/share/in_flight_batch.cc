#include "share/in_flight_batch.h"

#include "base/assert.h"

namespace moldau::share {

InFlightBatch::InFlightBatch(std::int64_t first_offset, std::int64_t last_offset, const InFlightState& state)
    : first_offset_(first_offset),
      last_offset_(last_offset),
      states_(std::make_shared<std::vector<InFlightState>>(1, state)) {}

InFlightBatch::StateRef InFlightBatch::ref() const {
  require(!is_split_, "offsets that are apart have no state in common");
  return {states_, 0};
}

InFlightBatch::StateRef InFlightBatch::ref_at(std::int64_t offset) const {
  require(is_split_ && contains(offset), "an offset with its own state is one of the batch");
  return {states_, static_cast<std::size_t>(offset - first_offset_)};
}

void InFlightBatch::split(AcquisitionLocks& locks) {
  if (is_split_) return;
  InFlightState& common = state();
  auto states = std::make_shared<std::vector<InFlightState>>(
      static_cast<std::size_t>(size()),
      InFlightState(common.state(), common.delivery_count(), common.holder()));
  if (common.lock() && common.state() == RecordState::kAcquired) {
    std::int64_t offset = first_offset_;
    for (InFlightState& own : *states) {
      own.set_lock(locks.add(common.lock()->deadline, offset, offset));
      ++offset;
    }
  }
  common.cancel_lock(locks);
  states_ = std::move(states);
  is_split_ = true;
}

void InFlightBatch::split_behind(std::int64_t last_acquired, Instant deadline, AcquisitionLocks& locks) {
  const InFlightState acquired = state();
  const InFlightState untouched(RecordState::kAvailable, acquired.delivery_count() - 1, nullptr);
  auto states = std::make_shared<std::vector<InFlightState>>(static_cast<std::size_t>(size()), untouched);
  for (std::int64_t offset = first_offset_; offset <= last_acquired && offset <= last_offset_; ++offset) {
    InFlightState& own = (*states)[static_cast<std::size_t>(offset - first_offset_)];
    own = acquired;
    own.set_lock(locks.add(deadline, offset, offset));
  }
  states_ = std::move(states);
  is_split_ = true;
}

}  // namespace moldau::share
