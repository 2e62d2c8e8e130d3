#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/time.h"
#include "share/acquisition_locks.h"
#include "share/in_flight_state.h"

namespace moldau::share {

/// Offsets, both ends included, that were fetched together. They have one state in common until some of them
/// are treated apart; from then on each has its own.
class InFlightBatch {
 public:
  /// A state that outlives its place in the batch: writes under way refer to what they change.
  class StateRef {
   public:
    StateRef(std::shared_ptr<std::vector<InFlightState>> states, std::size_t index)
        : states_(std::move(states)), index_(index) {}
    InFlightState& operator*() const { return (*states_)[index_]; }
    InFlightState* operator->() const { return &**this; }

   private:
    std::shared_ptr<std::vector<InFlightState>> states_;
    std::size_t index_;
  };

  InFlightBatch(std::int64_t first_offset, std::int64_t last_offset, const InFlightState& state);

  std::int64_t first_offset() const { return first_offset_; }
  std::int64_t last_offset() const { return last_offset_; }
  std::int64_t size() const { return last_offset_ - first_offset_ + 1; }
  bool contains(std::int64_t offset) const { return first_offset_ <= offset && offset <= last_offset_; }
  /// All of it lies between these, both included.
  bool is_within(std::int64_t first, std::int64_t last) const {
    return first_offset_ >= first && last_offset_ <= last;
  }

  /// Each offset has its own state.
  bool is_split() const { return is_split_; }

  /// What all offsets have in common; not split.
  InFlightState& state() { return *ref(); }
  const InFlightState& state() const { return *ref(); }
  StateRef ref() const;

  /// Of one of its offsets; split.
  InFlightState& state_at(std::int64_t offset) { return *ref_at(offset); }
  const InFlightState& state_at(std::int64_t offset) const { return *ref_at(offset); }
  StateRef ref_at(std::int64_t offset) const;

  /// The state that the offset has, split or not.
  const InFlightState& state_of(std::int64_t offset) const { return is_split_ ? state_at(offset) : state(); }

  /// Gives each offset its own state, unless it has. The lock of what is acquired becomes one for each. A
  /// transition under way goes on without any of them.
  void split(AcquisitionLocks& locks);

  /// The same for what was just acquired: only the first offsets, up to and with `last_acquired`, are, locked
  /// until `deadline`; the others are as if never delivered.
  void split_behind(std::int64_t last_acquired, Instant deadline, AcquisitionLocks& locks);

 private:
  std::int64_t first_offset_;
  std::int64_t last_offset_;
  std::shared_ptr<std::vector<InFlightState>> states_;  ///< one, or one for each offset
  bool is_split_ = false;
};

}  // namespace moldau::share
