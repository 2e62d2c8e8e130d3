#include "runtime/waiter.h"

#include "base/assert.h"

namespace moldau::runtime {

Waiter::Waiter(Shard& shard, Instant deadline) : shard_(shard), deadline_(deadline) {}

Waiter::~Waiter() {
  unlink();
}

bool Waiter::await_suspend(std::coroutine_handle<> waiting) {
  if (ended_) return false;
  waiting_ = waiting;
  shard_.arm(*this, deadline_);
  return true;
}

void Waiter::end(Outcome outcome) {
  if (ended_) return;
  unlink();
  TimerWheel::cancel(*this);
  ended_ = true;
  outcome_ = outcome;
  if (waiting_) shard_.make_ready(*this);
}

void Waiter::unlink() {
  if (!ready_ && list_ == nullptr) return;
  Waiter*& first = ready_ ? shard_.first_ready_ : list_->first_;
  Waiter*& last = ready_ ? shard_.last_ready_ : list_->last_;
  (previous_ != nullptr ? previous_->next_ : first) = next_;
  (next_ != nullptr ? next_->previous_ : last) = previous_;
  next_ = nullptr;
  previous_ = nullptr;
  list_ = nullptr;
  ready_ = false;
}

WaitList::~WaitList() {
  while (first_ != nullptr) {
    first_->unlink();
  }
}

void WaitList::add(Waiter& waiter) {
  require(waiter.list_ == nullptr && !waiter.ready_, "a waiter waits in one list");
  waiter.list_ = this;
  waiter.previous_ = last_;
  (last_ != nullptr ? last_->next_ : first_) = &waiter;
  last_ = &waiter;
}

void WaitList::wake_all() {
  while (first_ != nullptr) {
    first_->wake();
  }
}

}  // namespace moldau::runtime
