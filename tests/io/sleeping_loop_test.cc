// What a loop's thread does for loops that sleep.

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "uv_bench.h"

using namespace moldau;
using namespace moldau::io;
using namespace moldau::io::testing;
using namespace std::chrono_literals;

namespace {

/// Threads that tasks of loop 1 ran on, as loop 0 hears of them.
class Threads {
 public:
  explicit Threads(UvBench& bench) : here_(bench.host().loop(0)), there_(bench.host().loop(1)) {}

  void post() { there_.post(task(plain)); }
  void post_brief() { there_.post_brief(task(brief)); }

  static bool is_of_loop_0(std::thread::id id) { return id == std::this_thread::get_id(); }

  std::vector<std::thread::id> plain;
  std::vector<std::thread::id> brief;

 private:
  Task task(std::vector<std::thread::id>& list) {
    return [this, &list] { here_.post([&list, id = std::this_thread::get_id()] { list.push_back(id); }); };
  }

  Loop& here_;
  Loop& there_;
};

}  // namespace

TEST_CASE("a brief task for a loop that sleeps runs on the thread of the loop that posts it") {
  UvBench bench;
  Threads threads(bench);
  CHECK(bench.run_until([&] {
    threads.post_brief();
    return std::ranges::any_of(threads.brief, Threads::is_of_loop_0);
  }));
}

TEST_CASE("other tasks run on their loop's own thread, brief ones among them or not") {
  UvBench bench;
  Threads threads(bench);
  REQUIRE(bench.run_until([&] {
    threads.post_brief();
    threads.post();
    threads.post_brief();
    return threads.plain.size() >= 200 && threads.brief.size() >= 200;
  }));
  CHECK(std::ranges::none_of(threads.plain, Threads::is_of_loop_0));
}

TEST_CASE("what a brief task posts to its own loop runs, and on that one's thread unless it is brief too") {
  UvBench bench;
  Loop& here = bench.host().loop(0);
  Loop& there = bench.host().loop(1);
  int begun = 0;
  std::vector<std::thread::id> brief;
  std::vector<std::thread::id> plain;
  CHECK(bench.run_until([&] {
    if (begun == static_cast<int>(brief.size() + plain.size())) {
      there.post_brief([&, is_brief = ++begun % 2 == 0] {
        const auto report = [&, is_brief] {
          here.post(
              [&, is_brief, id = std::this_thread::get_id()] { (is_brief ? brief : plain).push_back(id); });
        };
        is_brief ? there.post_brief(report) : there.post(report);
      });
    }
    return begun > 300 && std::ranges::any_of(brief, Threads::is_of_loop_0);
  }));
  CHECK(std::ranges::none_of(plain, Threads::is_of_loop_0));
}

TEST_CASE("a timer that a brief task arms fires, however long its loop's thread was to sleep") {
  UvBench bench;
  Loop& here = bench.host().loop(0);
  Loop& there = bench.host().loop(1);
  std::unique_ptr<Timer> timer;
  int armed = 0;
  int fired = 0;
  CHECK(bench.run_until([&] {
    if (armed == fired) {
      ++armed;
      there.post_brief([&] {
        timer = there.make_timer([&] { here.post([&] { ++fired; }); });
        timer->arm(there.clock().now() + 2ms);
      });
    }
    return fired == 20;
  }));
}

TEST_CASE("a socket that a task begins to watch is watched while the loop's thread sleeps") {
  for (const bool is_brief : {false, true}) {
    CAPTURE(is_brief);
    UvBench bench;
    Loop& here = bench.host().loop(0);
    Loop& there = bench.host().loop(1);
    struct Bell final : ListenerHandler {
      void on_accept(std::unique_ptr<PendingStream>) override { accepted(); }
      std::move_only_function<void()> accepted;
    } bell;
    std::unique_ptr<Listener> listener;
    std::unique_ptr<Stream> client;
    bool has_accepted = false;
    bell.accepted = [&] { here.post([&] { has_accepted = true; }); };
    const auto listen = [&] {
      listener = there.listen({"127.0.0.1", 0}, 8, &bell).value();
      here.post([&, address = listener->local_address()] {
        here.connect(address, [&](auto made) { client = std::move(made).value(); });
      });
    };
    here.post([&] { is_brief ? there.post_brief(listen) : there.post(listen); });
    CHECK(bench.run_until([&] { return has_accepted; }));
    listener.reset();
    client.reset();
  }
}

TEST_CASE("loops that run each other's turns run one turn at a time, and every task") {
  constexpr std::size_t kLoops = 4;
  constexpr int kTokens = 64;
  constexpr int kHops = 2'000;
  uv::UvHost host(kLoops);
  // Touched by the loop of its number only.
  std::array<int, kLoops> arrived{};
  int ended = 0;
  struct Token {
    uv::UvHost& host;
    std::array<int, kLoops>& arrived;
    int& ended;

    void go(std::size_t at, int hops) const {
      ++arrived[at];
      if (hops == kHops) {
        host.loop(0).post_brief([*this] {
          if (++ended == kTokens) host.stop();
        });
        return;
      }
      const std::size_t next = host.loop(at).random().next() % kLoops;
      auto arrive = [*this, next, hops] { go(next, hops + 1); };
      hops % 7 == 0 ? host.loop(next).post(arrive) : host.loop(next).post_brief(arrive);
    }
  };
  const Token token{host, arrived, ended};
  host.loop(0).post([&] {
    for (int i = 0; i < kTokens; ++i)
      token.go(0, 1);
  });
  host.run();
  int sum = 0;
  for (const int count : arrived)
    sum += count;
  CHECK(sum == kTokens * kHops);
}
