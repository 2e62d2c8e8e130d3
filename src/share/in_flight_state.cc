#include "share/in_flight_state.h"

#include <utility>

#include "base/assert.h"

namespace moldau::share {

void InFlightState::acquire(Holder holder) {
  require(is_free(), "what is acquired was available");
  state_ = RecordState::kAcquired;
  ++delivery_count_;
  holder_ = std::move(holder);
}

void InFlightState::change(RecordState to, std::int32_t max_delivery_count) {
  require(state_ == RecordState::kAcquired && !is_in_transition(), "what changes is acquired");
  const bool is_used_up = to == RecordState::kAvailable && delivery_count_ >= max_delivery_count;
  state_ = is_used_up ? RecordState::kArchived : to;
  holder_ = nullptr;
}

void InFlightState::begin_transition(RecordState to, std::int32_t max_delivery_count) {
  Before before{.state = state_, .holder = holder_, .max_delivery_count = max_delivery_count};
  change(to, max_delivery_count);
  before_ = std::move(before);
}

void InFlightState::end_transition(bool is_committed, AcquisitionLocks& locks) {
  if (is_committed || is_archived_for_good_) {
    cancel_lock(locks);
    before_.reset();
    return;
  }
  require(before_.has_value(), "a transition that ends has begun");
  if (is_lock_expired_) {
    state_ =
        delivery_count_ >= before_->max_delivery_count ? RecordState::kArchived : RecordState::kAvailable;
    holder_ = nullptr;
    cancel_lock(locks);
  } else {
    state_ = before_->state;
    holder_ = std::move(before_->holder);
  }
  before_.reset();
}

void InFlightState::archive(AcquisitionLocks& locks) {
  is_archived_for_good_ = true;
  state_ = RecordState::kArchived;
  holder_ = nullptr;
  cancel_lock(locks);
}

void InFlightState::set_lock(const AcquisitionLock& lock) {
  require(!lock_.has_value(), "what is locked is not locked again");
  lock_ = lock;
}

void InFlightState::cancel_lock(AcquisitionLocks& locks) {
  if (!lock_) return;
  locks.cancel(*lock_);
  lock_.reset();
  is_lock_expired_ = false;
}

void InFlightState::expire(const AcquisitionLock& lock) {
  if (lock_ == lock) is_lock_expired_ = true;
}

}  // namespace moldau::share
