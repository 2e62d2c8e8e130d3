#include "base/timer_wheel.h"

#include <deque>
#include <random>
#include <vector>

#include <doctest/doctest.h>

using moldau::Duration;
using moldau::Instant;
using moldau::TimerWheel;
using namespace std::chrono_literals;

namespace {

class Probe final : public TimerWheel::Entry {
 public:
  Probe(int name, std::vector<int>& log) : name_(name), log_(log) {}

 private:
  void fired() override { log_.push_back(name_); }

  int name_;
  std::vector<int>& log_;
};

Instant at(Duration since_start) {
  return Instant(since_start);
}

}  // namespace

TEST_CASE("an entry fires at its deadline, never before, and once") {
  std::vector<int> log;
  TimerWheel wheel(at(0ms));
  Probe probe(1, log);
  wheel.add(probe, at(70ms + 1us));
  wheel.advance(at(70ms));
  CHECK(log.empty());
  CHECK(probe.is_armed());
  wheel.advance(at(71ms));
  CHECK(log == std::vector{1});
  CHECK_FALSE(probe.is_armed());
  wheel.advance(at(200ms));
  CHECK(log == std::vector{1});
}

TEST_CASE("a deadline in the past fires at the next advance") {
  std::vector<int> log;
  TimerWheel wheel(at(500ms));
  Probe probe(1, log);
  wheel.add(probe, at(20ms));
  CHECK(wheel.next_wakeup() <= at(501ms));
  wheel.advance(at(501ms));
  CHECK(log == std::vector{1});
}

TEST_CASE("cancelled and destroyed entries do not fire, and never() is no deadline") {
  std::vector<int> log;
  TimerWheel wheel(at(0ms));
  Probe cancelled(1, log);
  wheel.add(cancelled, at(10ms));
  TimerWheel::cancel(cancelled);
  {
    Probe destroyed(2, log);
    wheel.add(destroyed, at(10ms));
  }
  Probe endless(3, log);
  wheel.add(endless, Instant::never());
  CHECK(wheel.next_wakeup() == Instant::never());
  wheel.advance(at(1h));
  CHECK(log.empty());
}

TEST_CASE("random deadlines up to years fire in order of their millisecond") {
  std::mt19937_64 chance(7);
  for (int round = 0; round < 20; ++round) {
    std::vector<int> log;
    TimerWheel wheel(at(3s));
    std::deque<Probe> probes;
    std::vector<std::int64_t> deadlines_ms;
    for (int i = 0; i < 300; ++i) {
      const auto magnitude = chance() % 37;
      const auto deadline_ms = static_cast<std::int64_t>(3001 + chance() % (std::uint64_t{1} << magnitude));
      deadlines_ms.push_back(deadline_ms);
      probes.emplace_back(i, log);
      wheel.add(probes.back(), at(std::chrono::milliseconds(deadline_ms)));
    }
    Instant now = at(3s);
    while (wheel.next_wakeup() != Instant::never()) {
      const std::size_t before = log.size();
      now = wheel.next_wakeup();
      wheel.advance(now);
      for (std::size_t i = before; i < log.size(); ++i) {
        const auto deadline = deadlines_ms[static_cast<std::size_t>(log[i])];
        REQUIRE(at(std::chrono::milliseconds(deadline)) == now);
      }
    }
    CHECK(log.size() == 300);
  }
}

TEST_CASE("deadlines behind the end of the wheel's reach fire when it has come there") {
  // Six levels of 64 ticks of a millisecond: more than two years of uptime.
  constexpr std::int64_t kEndMs = (std::int64_t{1} << 36) - 1;
  const auto end = [](std::int64_t offset_ms) { return at(std::chrono::milliseconds(kEndMs + offset_ms)); };
  std::vector<int> log;
  TimerWheel wheel(end(-10));
  Probe next(1, log);
  Probe later(2, log);
  wheel.add(later, end(5000));
  wheel.add(next, end(1));
  wheel.advance(end(0));
  CHECK(log.empty());
  CHECK(wheel.next_wakeup() == end(1));
  Probe added(3, log);
  wheel.add(added, end(2));
  wheel.advance(end(1));
  CHECK(log == std::vector{1});
  wheel.advance(wheel.next_wakeup());
  CHECK(log == std::vector{1, 3});
  wheel.advance(end(4999));
  CHECK(log == std::vector{1, 3});
  wheel.advance(end(5000));
  CHECK(log == std::vector{1, 3, 2});
  CHECK(wheel.next_wakeup() == Instant::never());
}
