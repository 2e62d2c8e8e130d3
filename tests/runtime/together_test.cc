#include "runtime/together.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "io/uv/host.h"
#include "runtime/shards.h"
#include "runtime/waiter.h"

using moldau::Instant;
using moldau::io::uv::UvHost;
using namespace moldau::runtime;

namespace {

/// Notes its beginning, waits in `list`, and notes its end.
Task<void> step(Shard& shard, WaitList& list, std::string name, std::vector<std::string>& log) {
  log.push_back(name + " begins");
  Waiter waiter(shard, Instant::never());
  list.add(waiter);
  co_await waiter;
  log.push_back(name + " ends");
}

Task<void> note(std::string name, std::vector<std::string>& log) {
  log.push_back(std::move(name));
  co_return;
}

Task<void> run(UvHost& host, Shard& shard, TaskList tasks, std::vector<std::string>& log) {
  co_await together(shard, std::move(tasks));
  log.emplace_back("all");
  host.stop();
}

}  // namespace

TEST_CASE("tasks that wait do so at the same time, and begin in their order") {
  UvHost host(1);
  Shards shards(host);
  Shard& shard = shards[ShardId(0)];
  WaitList first;
  WaitList second;
  std::vector<std::string> log;
  TaskList tasks;
  tasks.push_back(step(shard, first, "a", log));
  tasks.push_back(step(shard, second, "b", log));
  shard.tasks().spawn(run(host, shard, std::move(tasks), log));
  CHECK(log == std::vector<std::string>{"a begins", "b begins"});
  // The second may end before the first, and the whole ends with the last.
  shard.loop().post([&] { second.wake_all(); });
  shard.loop().post([&] { shard.loop().post([&] { shard.loop().post([&] { first.wake_all(); }); }); });
  host.run();
  CHECK(log == std::vector<std::string>{"a begins", "b begins", "b ends", "a ends", "all"});
}

TEST_CASE("tasks that do not wait are done before the call returns") {
  UvHost host(1);
  Shards shards(host);
  Shard& shard = shards[ShardId(0)];
  std::vector<std::string> log;
  TaskList tasks;
  tasks.push_back(note("a", log));
  tasks.push_back(note("b", log));
  shard.tasks().spawn(run(host, shard, std::move(tasks), log));
  CHECK(log == std::vector<std::string>{"a", "b", "all"});
}

TEST_CASE("no tasks at all are together at once") {
  UvHost host(1);
  Shards shards(host);
  std::vector<std::string> log;
  shards[ShardId(0)].tasks().spawn(run(host, shards[ShardId(0)], {}, log));
  CHECK(log == std::vector<std::string>{"all"});
}

TEST_CASE("the end of a shard ends tasks that are together") {
  UvHost host(1);
  std::vector<std::string> log;
  WaitList list;
  {
    Shards shards(host);
    Shard& shard = shards[ShardId(0)];
    TaskList tasks;
    tasks.push_back(step(shard, list, "a", log));
    tasks.push_back(step(shard, list, "b", log));
    shard.tasks().spawn(run(host, shard, std::move(tasks), log));
  }
  CHECK(list.empty());
  CHECK(log == std::vector<std::string>{"a begins", "b begins"});
}
