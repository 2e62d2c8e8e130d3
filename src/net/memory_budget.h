#pragma once

#include <cstddef>
#include <cstdint>
#include <list>

namespace moldau::net {

/// A shard's share of `queued.max.request.bytes`: what requests under way may hold. Charged as their bytes
/// come, never for a length that was only announced; given back when the request is answered. One request is
/// always admitted, so that a budget smaller than a frame slows down instead of standing still; and of those
/// that have come in part, one at a time may go on beyond the limit, so that they do not wait for each other.
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

  /// One of the requests of a waiter, by a number of its own.
  struct Owner {
    const Waiter* waiter = nullptr;
    std::uint64_t request = 0;

    bool operator==(const Owner&) const = default;
  };

  /// Charges and gives true; else queues `waiter` behind the others and gives false. `held_bytes` is what
  /// the same request has been charged already.
  bool admit(std::size_t size_bytes, std::size_t held_bytes, Waiter& waiter, std::uint64_t request);

  /// Gives all that a request was charged back and admits those who wait, oldest first.
  void release(std::size_t size_bytes, const Owner& owner);

  /// Takes a waiter that goes away out of the queue. What it was charged is given back behind that.
  void forget(const Waiter& waiter);
  /// All of them: nobody is admitted any more.
  void forget_all() { waiting_.clear(); }

  std::size_t used_bytes() const { return used_bytes_; }

 private:
  struct Request {
    std::size_t size_bytes;
    std::size_t held_bytes;
    Waiter* waiter;
    std::uint64_t number;

    Owner owner() const { return {waiter, number}; }
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
  Owner overdraws_;  ///< what goes on beyond the limit, if anything does
  bool is_admitting_ = false;
};

}  // namespace moldau::net
