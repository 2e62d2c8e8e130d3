#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>

#include "base/strong_id.h"
#include "base/time.h"
#include "base/timer_wheel.h"
#include "io/loop.h"
#include "runtime/task_scope.h"

namespace moldau::runtime {

using ShardId = StrongId<struct ShardIdTag, std::uint32_t>;

class Waiter;

/// One core's world: its loop, its deadlines, its coroutines. All calls are made on its loop.
class Shard {
 public:
  /// `loop` outlives the shard.
  Shard(ShardId id, io::Loop& loop);
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  ShardId id() const { return id_; }
  io::Loop& loop() { return loop_; }
  Instant now() const { return loop_.clock().now(); }
  TimestampMs wall_ms() const { return loop_.clock().wall_ms(); }

  /// Root tasks: what nobody awaits.
  TaskScope& tasks() { return tasks_; }

  /// Arms a deadline on the shard's wheel.
  void arm(TimerWheel::Entry& entry, Instant deadline);

 private:
  friend class Waiter;

  /// Resumes the waiter's coroutine later in this turn or in the next, never from inside the call: code
  /// that changes shard state is not interrupted by those who wait for the change.
  void make_ready(Waiter& waiter);
  void run_ready();
  void on_timer();

  ShardId id_;
  io::Loop& loop_;
  TimerWheel wheel_;
  std::unique_ptr<io::Timer> timer_;
  Instant armed_for_ = Instant::never();
  Waiter* first_ready_ = nullptr;
  Waiter* last_ready_ = nullptr;
  bool ready_posted_ = false;
  // Last, so destroyed first: the waiters in its frames stand in the wheel and in the ready list.
  TaskScope tasks_;
};

}  // namespace moldau::runtime
