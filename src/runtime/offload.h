#pragma once

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "io/loop.h"
#include "runtime/shard.h"
#include "runtime/task.h"
#include "runtime/waiter.h"

namespace moldau::runtime {

/// Runs `work`, which blocks and gives a Result, in the lane and gives its outcome on the caller's
/// shard. Works of one lane run in the order asked for. `work` owns all it touches: the caller may be gone
/// before it runs.
template <class Work>
Task<std::invoke_result_t<Work&>> run_in_lane(Shard& shard, io::LaneId lane, Work work) {
  struct State {
    std::optional<std::invoke_result_t<Work&>> outcome;
    Waiter* waiter = nullptr;
  };
  /// The coroutine may end, with its shard, before the work does.
  struct Guard {
    std::shared_ptr<State> state;
    ~Guard() { state->waiter = nullptr; }
  };
  Waiter waiter(shard, Instant::never());
  const Guard guard{std::make_shared<State>()};
  guard.state->waiter = &waiter;
  shard.loop().offload(
      lane, [state = guard.state, work = std::move(work)]() mutable { state->outcome = work(); },
      [state = guard.state] {
        if (state->waiter != nullptr) state->waiter->wake();
      });
  co_await waiter;
  co_return *std::move(guard.state->outcome);
}

}  // namespace moldau::runtime
