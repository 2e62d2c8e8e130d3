#pragma once

#include <cstddef>
#include <list>

namespace moldau::net {

/// A shard's share of `queued.max.request.bytes`: what requests under way may hold. Charged when a length
/// prefix arrives, given back when the last byte of the answer is in the kernel. One request is always
/// admitted, so that a budget smaller than a frame slows down instead of standing still.
class MemoryBudget {
 public:
  /// Somebody whose charge had to wait.
  class Waiter {
   public:
    virtual ~Waiter() = default;

    /// The charge asked for is made now.
    virtual void on_admitted() = 0;
  };

  explicit MemoryBudget(std::size_t limit_bytes) : limit_bytes_(limit_bytes) {}

  /// Charges and gives true; else queues `waiter` behind the others and gives false.
  bool admit(std::size_t size_bytes, Waiter& waiter);

  /// Gives a charge back and admits those who wait, oldest first.
  void release(std::size_t size_bytes);

  /// Takes a waiter that goes away out of the queue.
  void forget(const Waiter& waiter);

  std::size_t used_bytes() const { return used_bytes_; }

 private:
  struct Request {
    std::size_t size_bytes;
    Waiter* waiter;
  };

  bool fits(std::size_t size_bytes) const;

  std::size_t limit_bytes_;
  std::size_t used_bytes_ = 0;
  std::list<Request> waiting_;
};

}  // namespace moldau::net
