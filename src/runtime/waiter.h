#pragma once

#include <coroutine>

#include "base/time.h"
#include "base/timer_wheel.h"
#include "runtime/shard.h"

namespace moldau::runtime {

/// A coroutine that waits for a change of shard state or a deadline, whichever comes first. Lives in the
/// coroutine's frame, costs no allocation and leaves every list when the frame is destroyed.
///
///     Waiter waiter(shard, deadline);
///     list.add(waiter);
///     if (co_await waiter == Waiter::Outcome::kDeadline) ...
class Waiter final : private TimerWheel::Entry {
 public:
  enum class Outcome { kWoken, kDeadline };

  Waiter(Shard& shard, Instant deadline);
  ~Waiter() override;

  /// Ends the wait; the coroutine goes on later. Only the first end counts.
  void wake() { end(Outcome::kWoken); }

  bool has_ended() const { return ended_; }

  bool await_ready() const { return false; }
  bool await_suspend(std::coroutine_handle<> waiting);
  Outcome await_resume() const { return outcome_; }

 private:
  friend class Shard;
  friend class WaitList;

  void fired() override { end(Outcome::kDeadline); }
  void end(Outcome outcome);
  void unlink();

  Shard& shard_;
  Instant deadline_;
  std::coroutine_handle<> waiting_;
  Outcome outcome_ = Outcome::kWoken;
  bool ended_ = false;
  bool ready_ = false;
  // In a wait list before the end, in the shard's ready list after it.
  class WaitList* list_ = nullptr;
  Waiter* next_ = nullptr;
  Waiter* previous_ = nullptr;
};

/// Those who wait for one thing, in order of arrival.
class WaitList {
 public:
  WaitList() = default;
  ~WaitList();
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;

  /// A waiter is in one list at a time and leaves it by its end.
  void add(Waiter& waiter);

  void wake_all();

  bool empty() const { return first_ == nullptr; }

 private:
  friend class Waiter;

  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
};

}  // namespace moldau::runtime
