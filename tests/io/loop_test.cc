#include "io/loop.h"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "benches.h"

using namespace moldau;
using namespace moldau::io;
using namespace moldau::io::testing;
using namespace std::chrono_literals;

TEST_CASE_TEMPLATE("posted tasks run in order, and what they post runs in a later turn", Bench,
                   MOLDAU_IO_BENCHES) {
  Bench bench;
  Loop& loop = bench.host().loop(0);
  std::string order;
  loop.post([&] {
    order += "a";
    loop.post([&] { order += "c"; });
    order += "A";
  });
  loop.post([&] { order += "b"; });
  CHECK(order.empty());
  REQUIRE(bench.run_until([&] { return order.size() == 4; }));
  CHECK(order == "aAbc");
}

TEST_CASE_TEMPLATE("a task ends with what it owns before the next one begins", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Loop& loop = bench.host().loop(0);
  std::string order;
  std::shared_ptr<int> owned(new int(1), [&order](const int* value) {
    order += "freed ";
    delete value;
  });
  loop.post([&order, owned = std::move(owned)] { order += "first "; });
  loop.post([&order] { order += "second"; });
  REQUIRE(bench.run_until([&] { return order.ends_with("second"); }));
  CHECK(order == "first freed second");
}

TEST_CASE_TEMPLATE("posts to another loop keep their order and find their way back", Bench,
                   MOLDAU_IO_BENCHES) {
  Bench bench;
  Loop& here = bench.host().loop(0);
  Loop& there = bench.host().loop(1);
  std::vector<int> arrived;   // on loop 1
  std::vector<int> returned;  // on loop 0
  here.post([&] {
    for (int i = 0; i < 1000; ++i) {
      there.post([&, i] {
        arrived.push_back(i);
        here.post([&, i] { returned.push_back(i); });
      });
    }
  });
  REQUIRE(bench.run_until([&] { return returned.size() == 1000; }));
  CHECK(std::ranges::is_sorted(arrived));
  CHECK(std::ranges::is_sorted(returned));
  CHECK(arrived.size() == 1000);
}

TEST_CASE_TEMPLATE("a task that goes to and fro finds both loops, asleep or busy", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Loop& here = bench.host().loop(0);
  Loop& there = bench.host().loop(1);
  constexpr int kPlayers = 3;
  constexpr int kTurns = 5000;
  int over = 0;
  const std::function<void(int)> play = [&](int left) {
    if (left == 0) {
      ++over;
      return;
    }
    there.post([&, left] { here.post([&, left] { play(left - 1); }); });
  };
  here.post([&] {
    for (int i = 0; i < kPlayers; ++i) {
      play(kTurns);
    }
  });
  REQUIRE(bench.run_until([&] { return over == kPlayers; }));
}

TEST_CASE_TEMPLATE("a lane works one after the other and each end comes back in order", Bench,
                   MOLDAU_IO_BENCHES) {
  Bench bench;
  Loop& loop = bench.host().loop(0);
  const LaneId lane = bench.host().make_lane("disk 1 sync");
  auto worked = std::make_shared<std::vector<int>>();  // in the lane
  std::vector<int> ended;
  std::size_t seen = 0;
  for (int i = 0; i < 100; ++i) {
    loop.offload(
        lane, [worked, i] { worked->push_back(i); },
        [&, i] {
          ended.push_back(i);
          seen = static_cast<std::size_t>(worked.use_count());
        });
  }
  CHECK(ended.empty());
  REQUIRE(bench.run_until([&] { return ended.size() == 100; }));
  CHECK(std::ranges::is_sorted(ended));
  CHECK(std::ranges::is_sorted(*worked));
  CHECK(worked->size() == 100);
  // The last piece of work was gone with what it owned when its end ran.
  CHECK(seen == 1);
}

TEST_CASE_TEMPLATE("two lanes both finish their work", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  const LaneId first = bench.host().make_lane("first");
  const LaneId second = bench.host().make_lane("second");
  CHECK(first != second);
  int ended = 0;
  for (const LaneId lane : {first, second, first, second}) {
    bench.host().loop(0).offload(lane, [] {}, [&] { ++ended; });
  }
  REQUIRE(bench.run_until([&] { return ended == 4; }));
}

TEST_CASE_TEMPLATE("timers fire in the order of their deadlines, never early", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Loop& loop = bench.host().loop(0);
  const Instant start = loop.clock().now();
  std::vector<int> order;
  std::vector<Duration> late;
  std::vector<std::unique_ptr<Timer>> timers;
  for (const int delay_us : {9'300, 2'100, 5'700, 0, -1000, 12'001}) {
    const Instant deadline = start + std::chrono::microseconds(delay_us);
    timers.push_back(loop.make_timer([&, delay_us, deadline] {
      order.push_back(delay_us);
      late.push_back(loop.clock().now() - deadline);
    }));
    timers.back()->arm(deadline);
  }
  CHECK(order.empty());
  REQUIRE(bench.run_until([&] { return order.size() == 6; }));
  CHECK(std::ranges::is_sorted(order.begin() + 2, order.end()));
  for (const Duration each : late) {
    CHECK(each >= Duration::zero());
  }
}

TEST_CASE_TEMPLATE("arming again replaces the deadline; a disarmed or destroyed timer stays silent", Bench,
                   MOLDAU_IO_BENCHES) {
  Bench bench;
  Loop& loop = bench.host().loop(0);
  const Instant start = loop.clock().now();
  int moved = 0;
  int silent = 0;
  Instant moved_at;
  const auto timer = loop.make_timer([&] {
    ++moved;
    moved_at = loop.clock().now();
  });
  const auto disarmed = loop.make_timer([&] { ++silent; });
  const auto never = loop.make_timer([&] { ++silent; });
  auto destroyed = loop.make_timer([&] { ++silent; });
  const auto end = loop.make_timer([&] { ++moved; });
  timer->arm(start + 1h);
  timer->arm(start + 5ms);
  disarmed->arm(start + 2ms);
  disarmed->disarm();
  disarmed->disarm();
  never->arm(Instant::never());
  destroyed->arm(start + 2ms);
  destroyed.reset();
  end->arm(start + 10ms);
  REQUIRE(bench.run_until([&] { return moved == 2; }));
  CHECK(silent == 0);
  CHECK(moved_at >= start + 5ms);
  CHECK(moved_at < start + 1h);
}

TEST_CASE_TEMPLATE("a timer may arm, replace or destroy itself when it fires", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Loop& loop = bench.host().loop(0);
  int fired = 0;
  int gone_fired = 0;
  auto owned = std::make_shared<int>(7);
  std::unique_ptr<Timer> again;
  std::unique_ptr<Timer> gone;
  again = loop.make_timer([&] {
    if (++fired < 3) again->arm(loop.clock().now());
  });
  gone = loop.make_timer([&gone, &gone_fired, owned] {
    gone.reset();
    gone_fired += *owned;
  });
  again->arm(loop.clock().now());
  gone->arm(loop.clock().now());
  REQUIRE(bench.run_until([&] { return fired == 3 && gone_fired == 7; }));
  REQUIRE(bench.run_until([&] { return owned.use_count() == 1; }));
}

TEST_CASE_TEMPLATE("clocks go forward and random numbers differ", Bench, MOLDAU_IO_BENCHES) {
  Bench bench;
  Loop& loop = bench.host().loop(0);
  const Instant start = loop.clock().now();
  bool fired = false;
  const auto timer = loop.make_timer([&] { fired = true; });
  timer->arm(start + 3ms);
  REQUIRE(bench.run_until([&] { return fired; }));
  CHECK(loop.clock().now() >= start + 3ms);
  CHECK(loop.clock().wall_ms() > 1'600'000'000'000);
  CHECK(loop.random().next() != loop.random().next());
  CHECK(loop.random().uuid() != bench.host().loop(1).random().uuid());
}

TEST_CASE_TEMPLATE("tasks left over are destroyed with the host, even when that posts again", Bench,
                   MOLDAU_IO_BENCHES) {
  auto owned = std::make_shared<int>(1);
  {
    Bench bench;
    Loop& loop = bench.host().loop(0);
    std::shared_ptr<int> posts_at_its_end(new int(0), [&loop, owned](const int* value) {
      loop.post([owned] {});
      delete value;
    });
    loop.post([posts_at_its_end = std::move(posts_at_its_end)] {});
    bench.host().loop(1).post([owned] {});
  }
  CHECK(owned.use_count() == 1);
}
