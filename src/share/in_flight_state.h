#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "share/acquisition_locks.h"
#include "share/record_state.h"

namespace moldau::share {

/// The id of a member, shared by all that it has; nullptr is nobody.
using Holder = std::shared_ptr<const std::string>;

/// Both are nobody, or both the same member.
inline bool is_same(const Holder& left, const Holder& right) {
  return left == right || (left != nullptr && right != nullptr && *left == *right);
}

/// The state of a record that was fetched, or of a batch of records that stand alike.
///
/// A change that has to be written first is a transition: it shows at once, holds off other changes, and is
/// committed or taken back when the write is answered. The lock stays until then, so that one that expires
/// meanwhile is known.
class InFlightState {
 public:
  InFlightState(RecordState state, std::int32_t delivery_count, Holder holder)
      : state_(state), delivery_count_(delivery_count), holder_(std::move(holder)) {}

  RecordState state() const { return state_; }
  std::int32_t delivery_count() const { return delivery_count_; }
  const Holder& holder() const { return holder_; }
  const std::optional<AcquisitionLock>& lock() const { return lock_; }
  bool is_in_transition() const { return before_.has_value(); }
  /// Nobody has it, and nobody is about to.
  bool is_free() const { return state_ == RecordState::kAvailable && !is_in_transition(); }

  /// Gives what is available to a member, once more.
  void acquire(Holder holder);

  /// Puts what is acquired into another state, at once. What would be available but was delivered as often as
  /// may be is archived.
  void change(RecordState to, std::int32_t max_delivery_count);

  /// The same as a transition.
  void begin_transition(RecordState to, std::int32_t max_delivery_count);

  /// Commits the transition or takes it back. Where the lock expired meanwhile what is taken back is not
  /// acquired again, but available or archived.
  void end_transition(bool is_committed, AcquisitionLocks& locks);

  /// For good, whatever becomes of a transition.
  void archive(AcquisitionLocks& locks);

  /// There is no lock yet.
  void set_lock(const AcquisitionLock& lock);
  void cancel_lock(AcquisitionLocks& locks);
  /// Notes that this lock has expired, if it is the one here.
  void expire(const AcquisitionLock& lock);

 private:
  struct Before {
    RecordState state;
    Holder holder;
    std::int32_t max_delivery_count;
  };

  RecordState state_;
  std::int32_t delivery_count_;
  Holder holder_;
  std::optional<AcquisitionLock> lock_;
  bool is_lock_expired_ = false;
  bool is_archived_for_good_ = false;
  std::optional<Before> before_;
};

}  // namespace moldau::share
