#pragma once

#include <coroutine>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/uuid.h"
#include "io/host.h"
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

  /// The shard that owns a partition's replica and whatever coordinator stands on it.
  ShardId owner_of(const Uuid& topic_id, std::int32_t partition) const;

 private:
  std::vector<std::unique_ptr<Shard>> shards_;
};

namespace detail {

/// A call under way between two shards. Shared by both sides, so that either may go first.
template <class T>
struct RemoteCall {
  std::optional<T> result;
  std::coroutine_handle<> caller;  ///< null once the caller's frame is gone
};

template <class T>
struct RemoteCallAwaiter {
  std::shared_ptr<RemoteCall<T>> call;
  std::move_only_function<void(std::shared_ptr<RemoteCall<T>>)> start;

  ~RemoteCallAwaiter() {
    if (call) call->caller = nullptr;
  }
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> caller) {
    call->caller = caller;
    start(call);
  }
  T await_resume() { return std::move(*call->result); }
};

template <class T, class F>
Task<void> run_and_report(Shard& home, F make_task, std::shared_ptr<RemoteCall<T>> call) {
  std::optional<T> result(co_await make_task());
  home.loop().post([call = std::move(call), result = std::move(result)]() mutable {
    if (!call->caller) return;
    call->result = std::move(result);
    call->caller.resume();
  });
}

}  // namespace detail

/// Runs the coroutine `make_task()` on shard `there` and gives its result on shard `here`, the caller's.
/// A call to the same shard is a plain await. T is not void. What the task refers to must outlive it; the
/// caller's own frame may go first.
template <class T, class F>
Task<T> on_shard(Shard& here, Shard& there, F make_task) {
  if (&here == &there) co_return co_await make_task();
  auto call = std::make_shared<detail::RemoteCall<T>>();
  co_return co_await detail::RemoteCallAwaiter<T>{
      call, [&here, &there, make_task = std::move(make_task)](auto shared) mutable {
        there.loop().post(
            [&here, &there, make_task = std::move(make_task), shared = std::move(shared)]() mutable {
              there.tasks().spawn(detail::run_and_report<T>(here, std::move(make_task), std::move(shared)));
            });
      }};
}

}  // namespace moldau::runtime
