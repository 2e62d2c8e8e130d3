#include "io/sim/loop.h"

#include <algorithm>
#include <utility>

#include "io/sim/host.h"
#include "io/sim/listener.h"
#include "io/sim/stream.h"

namespace moldau::io::sim {
namespace {

// How long the loop does something else before its next turn.
constexpr Duration kShortTurn = std::chrono::microseconds(1);
constexpr Duration kLongTurn = std::chrono::microseconds(50);

/// While it lives, tasks run on that loop.
class RunningLoop {
 public:
  RunningLoop(World& world, std::uint64_t number)
      : running_(world.running_loop()), before_(std::exchange(running_, number)) {}
  ~RunningLoop() { running_ = before_; }
  RunningLoop(const RunningLoop&) = delete;
  RunningLoop& operator=(const RunningLoop&) = delete;

 private:
  std::uint64_t& running_;
  std::uint64_t before_;
};

class SimTimer final : public Timer {
 public:
  SimTimer(SimLoop& loop, std::move_only_function<void()> fired)
      : loop_(loop), fired_(std::make_shared<std::move_only_function<void()>>(std::move(fired))) {}
  ~SimTimer() override { disarm(); }
  SimTimer(const SimTimer&) = delete;
  SimTimer& operator=(const SimTimer&) = delete;

  void arm(Instant deadline) override {
    disarm();
    if (deadline == Instant::never()) return;
    armed_ = loop_.run_at(deadline, [this, fired = fired_] {
      armed_.reset();
      // The timer may be destroyed from here.
      (*fired)();
    });
  }

  void disarm() override {
    if (armed_) loop_.cancel(*std::exchange(armed_, std::nullopt));
  }

 private:
  SimLoop& loop_;
  std::shared_ptr<std::move_only_function<void()>> fired_;
  std::optional<Schedule::EventId> armed_;
};

}  // namespace

SimLoop::SimLoop(SimHost& host, std::size_t index)
    : host_(host),
      clock_(host.world()),
      random_(host.stream("random " + std::to_string(index))),
      delays_(host.stream("turns " + std::to_string(index))),
      number_(host.next_loop_number() + 1) {}

SimLoop::~SimLoop() {
  // What a task owns may post when it is destroyed.
  while (!posted_.empty()) {
    const std::deque<Task> dropped = std::exchange(posted_, {});
  }
}

Schedule::EventId SimLoop::run_at(Instant when, Task event) {
  return host_.world().schedule().at(when, host_.owner(), [this, event = std::move(event)]() mutable {
    if (!host_.is_alive()) return;
    const RunningLoop running(host_.world(), number_);
    event();
  });
}

void SimLoop::run_soon(Task event) {
  run_at(clock_.now() + delays_.between(kShortTurn, kLongTurn), std::move(event));
}

void SimLoop::cancel(const Schedule::EventId& event) {
  host_.world().schedule().cancel(event);
}

void SimLoop::post(Task task) {
  const std::uint64_t from = host_.world().running_loop();
  if (from == number_ || from == 0) {
    take_post(std::move(task));
    return;
  }
  // Posts from one loop keep their order; how those of several mix is open.
  Instant& last = last_from_[from];
  last = std::max(last, clock_.now() + delays_.between(kShortTurn, kLongTurn));
  run_at(last, [this, task = std::move(task)]() mutable { take_post(std::move(task)); });
}

void SimLoop::take_post(Task task) {
  posted_.push_back(std::move(task));
  if (turn_is_due_) return;
  turn_is_due_ = true;
  run_soon([this] { run_turn(); });
}

void SimLoop::run_turn() {
  turn_is_due_ = false;
  std::deque<Task> turn = std::exchange(posted_, {});
  while (!turn.empty() && host_.is_alive()) {
    // Each task ends before the next begins, with all that it owns.
    Task task = std::move(turn.front());
    turn.pop_front();
    task();
  }
}

void SimLoop::offload(LaneId lane, Task work, Task done) {
  host_.submit(lane, std::move(work),
               [this, done = std::move(done)]() mutable { take_post(std::move(done)); });
}

std::unique_ptr<Timer> SimLoop::make_timer(std::move_only_function<void()> fired) {
  return std::make_unique<SimTimer>(*this, std::move(fired));
}

Result<std::unique_ptr<Listener>> SimLoop::listen(const SocketAddress& address, int,
                                                  ListenerHandler* handler) {
  return SimListener::open(*this, address, handler);
}

std::unique_ptr<Stream> SimLoop::adopt(std::unique_ptr<PendingStream> accepted, int, int) {
  return std::make_unique<SimStream>(*this, static_cast<SimPendingStream&>(*accepted));
}

void SimLoop::connect(const SocketAddress& address,
                      std::move_only_function<void(Result<std::unique_ptr<Stream>>)> done) {
  host_.world().network().connect(
      host_.machine(), address, host_.owner(),
      [this, done = std::move(done)](Result<std::unique_ptr<SimPendingStream>> made) mutable {
        if (!host_.is_alive()) return;
        const RunningLoop running(host_.world(), number_);
        if (made) {
          done(std::make_unique<SimStream>(*this, **made));
        } else {
          done(fail(std::move(made).error()));
        }
      });
}

}  // namespace moldau::io::sim
