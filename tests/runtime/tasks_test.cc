#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "io/uv/host.h"
#include "runtime/offload.h"
#include "runtime/shards.h"
#include "runtime/task_scope.h"
#include "runtime/waiter.h"

using moldau::Instant;
using moldau::Result;
using moldau::io::uv::UvHost;
using namespace moldau::runtime;
using namespace std::chrono_literals;

namespace {

/// Says in `log` when it is destroyed.
struct Trace {
  std::vector<std::string>& log;
  std::string name;
  ~Trace() { log.push_back(name); }
};

/// Waits in `list` and notes in `log` how that ended.
Task<void> wait_in(Shard& shard, WaitList& list, Instant deadline, std::string name,
                   std::vector<std::string>& log) {
  const Trace trace{log, name + " ends"};
  Waiter waiter(shard, deadline);
  list.add(waiter);
  const auto outcome = co_await waiter;
  log.push_back(name + (outcome == Waiter::Outcome::kWoken ? " woken" : " late"));
}

Task<int> give(int value) {
  co_return value;
}

Task<void> stop_after(UvHost& host, Task<void> task) {
  co_await std::move(task);
  host.stop();
}

}  // namespace

TEST_CASE("waiters go on in order of arrival, and not inside the call that wakes them") {
  UvHost host(1);
  Shards shards(host);
  Shard& shard = shards[ShardId(0)];
  WaitList list;
  std::vector<std::string> log;
  shard.tasks().spawn(wait_in(shard, list, Instant::never(), "first", log));
  shard.tasks().spawn(wait_in(shard, list, Instant::never(), "second", log));
  CHECK(shard.tasks().size() == 2);
  list.wake_all();
  CHECK(log.empty());
  host.loop(0).post([&] { host.stop(); });
  host.run();
  CHECK(log == std::vector<std::string>{"first woken", "first ends", "second woken", "second ends"});
  CHECK(shard.tasks().empty());
}

TEST_CASE("a waiter that nobody wakes goes on at its deadline, not before") {
  UvHost host(1);
  Shards shards(host);
  Shard& shard = shards[ShardId(0)];
  WaitList list;
  std::vector<std::string> log;
  const Instant deadline = shard.now() + 20ms;
  shard.tasks().spawn(stop_after(host, wait_in(shard, list, deadline, "it", log)));
  host.run();
  CHECK(shard.now() >= deadline);
  CHECK(log == std::vector<std::string>{"it late", "it ends"});
  CHECK(list.empty());
}

TEST_CASE("a shard that ends takes its suspended tasks with it") {
  std::vector<std::string> log;
  WaitList list;
  {
    UvHost host(1);
    Shards shards(host);
    Shard& shard = shards[ShardId(0)];
    shard.tasks().spawn(wait_in(shard, list, shard.now() + 1h, "it", log));
    CHECK_FALSE(list.empty());
  }
  CHECK(log == std::vector<std::string>{"it ends"});
  CHECK(list.empty());
}

TEST_CASE("a call to another shard runs there and gives its result here") {
  UvHost host(2);
  Shards shards(host);
  Shard& here = shards[ShardId(0)];
  Shard& there = shards[ShardId(1)];
  int sum = 0;
  auto calls = [&]() -> Task<void> {
    for (int i = 1; i <= 100; ++i) {
      sum += co_await on_shard<int>(here, there, [i] { return give(i); });
      sum += co_await on_shard<int>(here, here, [i] { return give(i); });
    }
  };
  here.tasks().spawn(stop_after(host, calls()));
  host.run();
  CHECK(sum == 2 * 5050);
}

TEST_CASE("work of a lane runs in the order asked for, and its outcome comes back") {
  UvHost host(1);
  Shards shards(host);
  Shard& shard = shards[ShardId(0)];
  const auto lane = host.make_lane("test");
  std::vector<int> order;
  std::string failure;
  auto works = [&]() -> Task<void> {
    for (int i = 0; i < 3; ++i) {
      const auto done = co_await run_in_lane(shard, lane, [&order, i]() -> Result<void> {
        order.push_back(i);
        return {};
      });
      CHECK(done.has_value());
    }
    const auto failed = co_await run_in_lane(shard, lane, []() -> Result<void> {
      return moldau::fail(moldau::ErrorCode::kKafkaStorageError, "the disk is full");
    });
    failure = failed.error().message;
  };
  shard.tasks().spawn(stop_after(host, works()));
  host.run();
  CHECK(order == std::vector{0, 1, 2});
  CHECK(failure == "the disk is full");
}
