#pragma once

#include <cstddef>
#include <list>

namespace moldau::net {

/// A shard's share of `queued.max.request.bytes`: what requests under way may hold. Charged as their bytes
/// come, never for a length that was only announced; given back when the last byte of the answer is in the
/// kernel. One request is always admitted, so that a budget smaller than a frame slows down instead of
/// standing still; and of those that have come in part, one at a time may go on beyond the limit, so that
/// they do not wait for each other.
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

  /// Charges and gives true; else queues `waiter` behind the others and gives false. `held_bytes` is what
  /// the same request has been charged already.
  bool admit(std::size_t size_bytes, std::size_t held_bytes, Waiter& waiter);

  /// Gives a charge of `waiter` back and admits those who wait, oldest first.
  void release(std::size_t size_bytes, const Waiter& waiter);

  /// Takes a waiter that goes away out of the queue.
  void forget(const Waiter& waiter);

  std::size_t used_bytes() const { return used_bytes_; }

 private:
  struct Request {
    std::size_t size_bytes;
    std::size_t held_bytes;
    Waiter* waiter;
  };
  using Requests = std::list<Request>;

  bool fits(const Request& request) const;
  bool may_overdraw(const Request& request) const;
  /// Whose turn it is, if anybody's.
  Requests::iterator next();
  void charge(const Request& request);

  std::size_t limit_bytes_;
  std::size_t used_bytes_ = 0;
  Requests waiting_;
  const Waiter* overdraws_ = nullptr;  ///< who goes on beyond the limit
};

}  // namespace moldau::net
