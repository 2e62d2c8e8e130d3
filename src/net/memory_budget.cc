#include "net/memory_budget.h"

#include "base/assert.h"

namespace moldau::net {

bool MemoryBudget::fits(std::size_t size_bytes) const {
  if (used_bytes_ == 0) return true;
  return used_bytes_ < limit_bytes_ && size_bytes <= limit_bytes_ - used_bytes_;
}

bool MemoryBudget::admit(std::size_t size_bytes, Waiter& waiter) {
  // Those who wait come first, or a stream of small requests would starve a large one.
  if (!waiting_.empty() || !fits(size_bytes)) {
    waiting_.push_back({size_bytes, &waiter});
    return false;
  }
  used_bytes_ += size_bytes;
  return true;
}

void MemoryBudget::release(std::size_t size_bytes) {
  require(size_bytes <= used_bytes_, "only what was charged is given back");
  used_bytes_ -= size_bytes;
  while (!waiting_.empty() && fits(waiting_.front().size_bytes)) {
    const Request request = waiting_.front();
    waiting_.pop_front();
    used_bytes_ += request.size_bytes;
    request.waiter->on_admitted();
  }
}

void MemoryBudget::forget(const Waiter& waiter) {
  waiting_.remove_if([&](const Request& request) { return request.waiter == &waiter; });
}

}  // namespace moldau::net
