#pragma once

#include <coroutine>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/uuid.h"
#include "io/host.h"
#include "runtime/pooled_allocator.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace moldau::runtime {

/// All shards of a node, one per loop of its host.
class Shards {
 public:
  /// `host` outlives the shards.
  explicit Shards(io::Host& host);

  std::size_t count() const { return shards_.size(); }
  Shard& operator[](ShardId id) { return *shards_[id.value()]; }

  /// The shard that owns a partition's replica and whatever coordinator stands on it. The partitions of a
  /// topic go to the shards in turn, the first of them to any: none has more than one above another.
  ShardId owner_of(const Uuid& topic_id, std::int32_t partition) const;

 private:
  std::vector<std::unique_ptr<Shard>> shards_;
};

namespace detail {

/// A call under way between two shards. Shared by both sides, so that either may go first.
template <class T, class F>
struct RemoteCall {
  Shard& home;
  F make_task;
  std::optional<T> result = {};
  std::coroutine_handle<> caller = {};  ///< of the home shard; null once the caller's frame is gone
};

template <class T, class F>
Task<void> run_and_report(std::shared_ptr<RemoteCall<T, F>> call) {
  call->result.emplace(co_await call->make_task());
  io::Loop& home = call->home.loop();
  home.post_brief([call = std::move(call)] {
    if (call->caller) call->caller.resume();
  });
}

template <class T, class F>
struct RemoteCallAwaiter {
  std::shared_ptr<RemoteCall<T, F>> call;
  Shard& there;

  ~RemoteCallAwaiter() { call->caller = nullptr; }
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> caller) {
    call->caller = caller;
    // What is posted is small enough to need no memory of its own.
    there.loop().post_brief([call = call, &there = there] { there.tasks().spawn(run_and_report(call)); });
  }
  T await_resume() { return std::move(*call->result); }
};

}  // namespace detail

/// Runs the coroutine `make_task()` on shard `there` and gives its result on shard `here`, the caller's.
/// A call to the same shard is a plain await. T is not void. What the task refers to must outlive it; the
/// caller's own frame may go first.
template <class T, class F>
Task<T> on_shard(Shard& here, Shard& there, F make_task) {
  if (&here == &there) co_return co_await make_task();
  auto call = make_pooled<detail::RemoteCall<T, F>>(here, std::move(make_task));
  co_return co_await detail::RemoteCallAwaiter<T, F>{std::move(call), there};
}

}  // namespace moldau::runtime
