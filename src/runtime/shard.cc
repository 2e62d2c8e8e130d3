#include "runtime/shard.h"

#include "runtime/waiter.h"

namespace moldau::runtime {

Shard::Shard(ShardId id, io::Loop& loop) : id_(id), loop_(loop), wheel_(loop.clock().now()) {
  timer_ = loop_.make_timer([this] { on_timer(); });
}

Shard::~Shard() = default;

void Shard::arm(TimerWheel::Entry& entry, Instant deadline) {
  if (deadline == Instant::never()) return;
  wheel_.add(entry, deadline);
  const Instant wakeup = deadline + std::chrono::milliseconds(1);
  if (wakeup < armed_for_) {
    armed_for_ = wakeup;
    timer_->arm(wakeup);
  }
}

void Shard::on_timer() {
  wheel_.advance(now());
  armed_for_ = wheel_.next_wakeup();
  if (armed_for_ != Instant::never()) timer_->arm(armed_for_);
}

void Shard::make_ready(Waiter& waiter) {
  waiter.ready_ = true;
  waiter.previous_ready_ = last_ready_;
  (last_ready_ != nullptr ? last_ready_->next_ready_ : first_ready_) = &waiter;
  last_ready_ = &waiter;
  if (ready_posted_) return;
  ready_posted_ = true;
  loop_.post_brief([this] { run_ready(); });
}

void Shard::run_ready() {
  ready_posted_ = false;
  // Those made ready from here on run in the next turn, so that one busy chain cannot hold the loop.
  Waiter* const last = last_ready_;
  while (first_ready_ != nullptr) {
    Waiter& waiter = *first_ready_;
    const bool was_last = &waiter == last;
    const auto waiting = waiter.waiting_;
    waiter.leave_ready_list();
    waiting.resume();
    if (was_last) break;
  }
}

}  // namespace moldau::runtime
