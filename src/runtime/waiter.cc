#include "runtime/waiter.h"

#include <utility>

#include "base/assert.h"

namespace moldau::runtime {

void WaitEntry::leave() {
  if (list_ == nullptr) return;
  (previous_ != nullptr ? previous_->next_ : list_->first_) = next_;
  (next_ != nullptr ? next_->previous_ : list_->last_) = previous_;
  list_ = nullptr;
  next_ = nullptr;
  previous_ = nullptr;
}

WaitList::~WaitList() {
  while (first_ != nullptr) {
    first_->leave();
  }
}

void WaitList::add(WaitEntry& entry) {
  require(entry.list_ == nullptr, "an entry waits in one list");
  entry.list_ = this;
  entry.previous_ = last_;
  (last_ != nullptr ? last_->next_ : first_) = &entry;
  last_ = &entry;
}

void WaitList::wake_all() {
  while (first_ != nullptr) {
    WaitEntry& entry = *first_;
    entry.leave();
    entry.notify();
  }
}

Waiter::~Waiter() {
  leave_ready_list();
}

bool Waiter::await_suspend(std::coroutine_handle<> waiting) {
  if (ended_) return false;
  waiting_ = waiting;
  shard_.arm(*this, deadline_);
  return true;
}

void Waiter::end(Outcome outcome) {
  if (ended_) return;
  leave();
  TimerWheel::cancel(*this);
  ended_ = true;
  outcome_ = outcome;
  if (waiting_) shard_.make_ready(*this);
}

void Waiter::leave_ready_list() {
  if (!ready_) return;
  (previous_ready_ != nullptr ? previous_ready_->next_ready_ : shard_.first_ready_) = next_ready_;
  (next_ready_ != nullptr ? next_ready_->previous_ready_ : shard_.last_ready_) = previous_ready_;
  next_ready_ = nullptr;
  previous_ready_ = nullptr;
  ready_ = false;
}

}  // namespace moldau::runtime
