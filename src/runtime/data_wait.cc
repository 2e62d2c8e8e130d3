#include "runtime/data_wait.h"

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <utility>

namespace moldau::runtime {
namespace {

template <class T>
using PooledList = std::list<T, PooledAllocator<T>>;

/// The part of a wait that stands on one shard; touched there only.
struct ShardWait {
  Waiter* waiter = nullptr;
  bool cancelled = false;
};

/// Waits on the shard that owns all of `watched`.
Task<bool> wait_there(Node& node, Shard& there, WatchedList watched, Instant deadline,
                      std::shared_ptr<ShardWait> state) {
  Waiter waiter(there, deadline);
  PooledList<WaitLink> links;
  PooledList<std::shared_ptr<Partition>> held;
  for (const Watched& one : watched) {
    const auto found = node.partitions(there.id()).find(one.topic_id, one.partition);
    if (!found) co_return true;
    Partition& partition = **found;
    if (partition.is_retired() || partition.high_watermark() != one.seen_high_watermark) co_return true;
    partition.progress().add(links.emplace_back(waiter));
    held.push_back(*found);
  }
  if (state->cancelled) co_return false;
  state->waiter = &waiter;
  const auto outcome = co_await waiter;
  state->waiter = nullptr;
  co_return outcome == Waiter::Outcome::kWoken;
}

/// Tells the home shard, if it still waits, when the other shard's part ends.
Task<void> report_home(Node& node, Shard& home, Shard& there, WatchedList watched, Instant deadline,
                       std::shared_ptr<ShardWait> state, std::shared_ptr<ShardWait> home_state) {
  const bool progressed = co_await on_shard<bool>(
      home, there, [&node, &there, watched = std::move(watched), deadline, state]() mutable {
        return wait_there(node, there, std::move(watched), deadline, state);
      });
  if (progressed && home_state->waiter != nullptr) home_state->waiter->wake();
}

}  // namespace

Task<void> wait_for_data(Node& node, Shard& here, WatchedList watched, Instant deadline) {
  std::map<ShardId, WatchedList, std::less<>, PooledAllocator<std::pair<const ShardId, WatchedList>>>
      by_owner;
  for (const Watched& one : watched) {
    by_owner[node.shards().owner_of(one.topic_id, one.partition)].push_back(one);
  }
  if (by_owner.empty() || (by_owner.size() == 1 && by_owner.begin()->first == here.id())) {
    co_await wait_there(node, here, std::move(watched), deadline, make_pooled<ShardWait>());
    co_return;
  }
  Waiter waiter(here, deadline);
  auto home_state = make_pooled<ShardWait>();
  home_state->waiter = &waiter;
  PooledList<std::pair<ShardId, std::shared_ptr<ShardWait>>> parts;
  for (auto& [owner, partitions] : by_owner) {
    auto state = make_pooled<ShardWait>();
    parts.emplace_back(owner, state);
    here.tasks().spawn(
        report_home(node, here, node.shards()[owner], std::move(partitions), deadline, state, home_state));
  }
  co_await waiter;
  home_state->waiter = nullptr;
  for (auto& [owner, state] : parts) {
    node.shards()[owner].loop().post([state] {
      state->cancelled = true;
      if (state->waiter != nullptr) state->waiter->wake();
    });
  }
}

}  // namespace moldau::runtime
