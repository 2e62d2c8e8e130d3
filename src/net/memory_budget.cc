#include "net/memory_budget.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace moldau::net {

bool MemoryBudget::fits(const Request& request) const {
  if (used_bytes_ == request.held_bytes) return true;
  return used_bytes_ < limit_bytes_ && request.size_bytes <= limit_bytes_ - used_bytes_;
}

bool MemoryBudget::may_overdraw(const Request& request) const {
  return request.held_bytes > 0 && (overdraws_ == Owner() || overdraws_ == request.owner());
}

void MemoryBudget::charge(const Request& request) {
  if (!fits(request)) overdraws_ = request.owner();
  used_bytes_ += request.size_bytes;
}

bool MemoryBudget::admit(std::size_t size_bytes, std::size_t held_bytes, Waiter& waiter,
                         std::uint64_t request_number) {
  const Request request{size_bytes, held_bytes, &waiter, request_number};
  // Those who wait come first, or a stream of small requests would starve a large one.
  if ((!waiting_.empty() || !fits(request)) && !may_overdraw(request)) {
    waiting_.push_back(request);
    return false;
  }
  charge(request);
  return true;
}

MemoryBudget::Requests::iterator MemoryBudget::next() {
  if (!waiting_.empty() && fits(waiting_.front())) return waiting_.begin();
  return std::ranges::find_if(waiting_, [&](const Request& request) { return may_overdraw(request); });
}

void MemoryBudget::release(std::size_t size_bytes, const Owner& owner) {
  require(size_bytes <= used_bytes_, "only what was charged is given back");
  used_bytes_ -= size_bytes;
  if (overdraws_ == owner) overdraws_ = {};
  // Who is admitted may be answered, and release, before it returns: the loop under way goes on then.
  if (std::exchange(is_admitting_, true)) return;
  for (auto place = next(); place != waiting_.end(); place = next()) {
    const Request request = *place;
    waiting_.erase(place);
    charge(request);
    request.waiter->on_admitted();
  }
  is_admitting_ = false;
}

void MemoryBudget::forget(const Waiter& waiter) {
  waiting_.remove_if([&](const Request& request) { return request.waiter == &waiter; });
  if (overdraws_.waiter == &waiter) overdraws_ = {};
}

}  // namespace moldau::net
