#pragma once

#include <coroutine>

#include "base/time.h"
#include "base/timer_wheel.h"
#include "runtime/shard.h"

namespace moldau::runtime {

class WaitList;

/// Somebody in a WaitList. Leaves it by being told, or by its end.
class WaitEntry {
 public:
  WaitEntry() = default;
  virtual ~WaitEntry() { leave(); }
  WaitEntry(const WaitEntry&) = delete;
  WaitEntry& operator=(const WaitEntry&) = delete;

 protected:
  /// What was waited for happened; the entry has left the list. Nothing that changes the list's owner is done
  /// from here.
  virtual void notify() = 0;
  void leave();

 private:
  friend class WaitList;

  WaitList* list_ = nullptr;
  WaitEntry* next_ = nullptr;
  WaitEntry* previous_ = nullptr;
};

/// Those who wait for one thing, in order of arrival.
class WaitList {
 public:
  WaitList() = default;
  ~WaitList();
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;

  /// An entry is in one list at a time.
  void add(WaitEntry& entry);
  void wake_all();
  bool empty() const { return first_ == nullptr; }

 private:
  friend class WaitEntry;

  WaitEntry* first_ = nullptr;
  WaitEntry* last_ = nullptr;
};

/// A coroutine that waits for a change of shard state or a deadline, whichever comes first. Lives in the
/// coroutine's frame, costs no allocation and leaves every list when the frame is destroyed.
///
///     Waiter waiter(shard, deadline);
///     list.add(waiter);
///     if (co_await waiter == Waiter::Outcome::kDeadline) ...
class Waiter final : public WaitEntry, private TimerWheel::Entry {
 public:
  enum class Outcome { kWoken, kDeadline };

  Waiter(Shard& shard, Instant deadline) : shard_(shard), deadline_(deadline) {}
  ~Waiter() override;

  /// Ends the wait; the coroutine goes on later. Only the first end counts.
  void wake() { end(Outcome::kWoken); }

  bool await_ready() const { return false; }
  bool await_suspend(std::coroutine_handle<> waiting);
  Outcome await_resume() const { return outcome_; }

 private:
  friend class Shard;

  void notify() override { end(Outcome::kWoken); }
  void fired() override { end(Outcome::kDeadline); }
  void end(Outcome outcome);
  void leave_ready_list();

  Shard& shard_;
  Instant deadline_;
  std::coroutine_handle<> waiting_;
  Outcome outcome_ = Outcome::kWoken;
  bool ended_ = false;
  bool ready_ = false;
  Waiter* next_ready_ = nullptr;
  Waiter* previous_ready_ = nullptr;
};

/// Passes a list's news on to a waiter, so that one coroutine can wait in several lists. The waiter outlives
/// it or the entry is never told again.
class WaitLink final : public WaitEntry {
 public:
  explicit WaitLink(Waiter& waiter) : waiter_(waiter) {}

 private:
  void notify() override { waiter_.wake(); }

  Waiter& waiter_;
};

}  // namespace moldau::runtime
