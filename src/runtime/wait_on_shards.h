#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/node.h"
#include "runtime/pooled_allocator.h"
#include "runtime/shard.h"
#include "runtime/task.h"
#include "runtime/waiter.h"

/// How one coroutine waits for things that belong to several shards.
namespace moldau::runtime {

/// What is waited for, by the shard that it belongs to.
template <class Item>
using ItemsByShard =
    std::map<ShardId, std::vector<Item, PooledAllocator<Item>>, std::less<>,
             PooledAllocator<std::pair<const ShardId, std::vector<Item, PooledAllocator<Item>>>>>;

/// The part of a wait that stands on one shard; touched there only.
struct ShardWait {
  Waiter* waiter = nullptr;
  bool cancelled = false;
};

/// Where the part of a wait on one shard stands in lists, and what keeps these.
class WaitPlaces {
 public:
  explicit WaitPlaces(Waiter& waiter) : waiter_(waiter) {}

  /// Has the waiter woken by `list`, which lives as long as `owner`.
  void stand_in(WaitList& list, std::shared_ptr<void> owner) {
    list.add(links_.emplace_back(waiter_));
    held_.push_back(std::move(owner));
  }

 private:
  template <class T>
  using PooledList = std::list<T, PooledAllocator<T>>;

  Waiter& waiter_;
  // Links leave their lists before these may go.
  PooledList<std::shared_ptr<void>> held_;
  PooledList<WaitLink> links_;
};

/// Waits on the shard that owns all of `items`. True if something happened.
template <class Items, class Begin>
Task<bool> wait_there(Shard& there, Items items, Instant deadline, std::shared_ptr<ShardWait> state,
                      Begin begin) {
  Waiter waiter(there, deadline);
  WaitPlaces places(waiter);
  for (const auto& item : items) {
    if (begin(there, item, places)) co_return true;
  }
  if (state->cancelled) co_return false;
  state->waiter = &waiter;
  const auto outcome = co_await waiter;
  state->waiter = nullptr;
  co_return outcome == Waiter::Outcome::kWoken;
}

/// Tells the home shard, if it still waits, when the other shard's part ends.
template <class Items, class Begin>
Task<void> report_home(Shard& home, Shard& there, Items items, Instant deadline,
                       std::shared_ptr<ShardWait> state, std::shared_ptr<ShardWait> home_state, Begin begin) {
  const bool happened = co_await on_shard<bool>(
      home, there, [&there, items = std::move(items), deadline, state, begin]() mutable {
        return wait_there(there, std::move(items), deadline, state, begin);
      });
  if (happened && home_state->waiter != nullptr) home_state->waiter->wake();
}

/// Returns when something happened to one of the items, or at the deadline. `begin(shard, item, places)`,
/// which is copied, runs on the item's shard: it stands in the lists that tell of it, or returns true where
/// it has happened already. `here` is the caller's shard. Nothing stays behind on any shard once it returns,
/// but for messages under way.
template <class Item, class Begin>
Task<void> wait_on_shards(Node& node, Shard& here, ItemsByShard<Item> by_shard, Instant deadline,
                          Begin begin) {
  if (by_shard.size() == 1 && by_shard.begin()->first == here.id()) {
    co_await wait_there(here, std::move(by_shard.begin()->second), deadline, make_pooled<ShardWait>(), begin);
    co_return;
  }
  Waiter waiter(here, deadline);
  auto home_state = make_pooled<ShardWait>();
  home_state->waiter = &waiter;
  using Part = std::pair<ShardId, std::shared_ptr<ShardWait>>;
  std::list<Part, PooledAllocator<Part>> parts;
  for (auto& [owner, items] : by_shard) {
    auto state = make_pooled<ShardWait>();
    parts.emplace_back(owner, state);
    here.tasks().spawn(
        report_home(here, node.shards()[owner], std::move(items), deadline, state, home_state, begin));
  }
  co_await waiter;
  home_state->waiter = nullptr;
  for (auto& [owner, state] : parts) {
    node.shards()[owner].loop().post_brief([state] {
      state->cancelled = true;
      if (state->waiter != nullptr) state->waiter->wake();
    });
  }
}

}  // namespace moldau::runtime
