#include "io/uv/loop.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "io/uv/handles.h"
#include "io/uv/listener.h"
#include "io/uv/stream.h"

namespace moldau::io::uv {
namespace {

class UvTimer final : public Timer {
 public:
  UvTimer(UvLoop& loop, std::move_only_function<void()> fired) : loop_(loop), timer_(std::move(fired)) {
    require(::uv_timer_init(loop_.raw(), timer_.get()) == 0, "a loop makes timers");
  }

  void arm(Instant deadline) override {
    // libuv counts whole milliseconds of the same clock from the time that it read at the start of the turn;
    // rounding up keeps it from firing early.
    const auto due_ms = std::chrono::ceil<std::chrono::milliseconds>(deadline.since_start()).count();
    const auto now_ms = static_cast<std::int64_t>(::uv_now(loop_.raw()));
    ::uv_timer_start(
        timer_.get(), [](uv_timer_t* timer) { TimerHandle::call(timer); },
        static_cast<std::uint64_t>(std::max<std::int64_t>(due_ms - now_ms, 0)), 0);
  }
  void disarm() override { ::uv_timer_stop(timer_.get()); }

 private:
  UvLoop& loop_;
  TimerHandle timer_;
};

struct ThisThread {
  const UvLoop* turn_of = nullptr;   ///< the loop whose turn it runs
  std::vector<UvLoop*> others = {};  ///< those that it has posted to while they slept
};
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): one for each thread.
thread_local ThisThread this_thread;

constexpr std::uint64_t kForEver = std::numeric_limits<std::uint64_t>::max();

/// Turns of a loop that sleeps, and sleeping loops, one after the other on the thread of another loop.
constexpr int kMostForOthers = 8;

}  // namespace

UvLoop::UvLoop(std::function<Lane&(LaneId)> lane_of) : lane_of_(std::move(lane_of)) {
  require(::uv_loop_init(&loop_) == 0, "the system makes loops");
  // What was posted runs behind the poll that this ends.
  ::uv_async_init(&loop_, &wake_, [](uv_async_t*) {});
}

UvLoop::~UvLoop() {
  drop_posted();
  connecting_.clear();
  ::uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr);
  ::uv_walk(
      &loop_,
      [](uv_handle_t* handle, void*) {
        require(::uv_is_closing(handle) != 0, "streams, listeners and timers end before their loop");
      },
      nullptr);
  // Lets the callbacks of closed handles and of cancelled name lookups run.
  ::uv_run(&loop_, UV_RUN_DEFAULT);
  require(::uv_loop_close(&loop_) == 0, "a loop without handles and requests can be closed");
}

void UvLoop::run() {
  while (true) {
    bool is_busy = false;
    bool must_end = false;
    {
      const std::lock_guard turn(turn_);
      is_running_ = true;
      run_turn(true);
      is_busy = !own_posts_.tasks.empty();
      must_end = std::exchange(must_end_, false);
      is_running_ = !must_end;
    }
    const bool saw_to_others = see_to_others(is_busy || must_end);
    if (must_end) return;
    if (saw_to_others) continue;
    if (const auto timeout_ms = begin_sleep()) (void)wait_for_events(*timeout_ms);
  }
}

void UvLoop::stop() {
  post([this] { must_end_ = true; });
}

bool UvLoop::add(Task task, bool is_brief) {
  if (this_thread.turn_of == this) {
    own_posts_.add(std::move(task), is_brief);
    return false;
  }
  const std::lock_guard guard(mutex_);
  foreign_posts_.add(std::move(task), is_brief);
  return asleep_;
}

void UvLoop::post(Task task) {
  if (add(std::move(task), false)) wake();
}

void UvLoop::post_brief(Task task) {
  if (this_thread.turn_of == nullptr) return post(std::move(task));
  if (!add(std::move(task), true)) return;
  auto& others = this_thread.others;
  if (std::ranges::find(others, this) == others.end()) others.push_back(this);
}

void UvLoop::wake() {
  {
    const std::lock_guard guard(mutex_);
    if (!std::exchange(asleep_, false)) return;
  }
  ::uv_async_send(&wake_);
}

void UvLoop::run_turn(bool sees_to_events) {
  const UvLoop* const before = std::exchange(this_thread.turn_of, this);
  ++turn_number_;
  if (sees_to_events) ::uv_run(&loop_, UV_RUN_NOWAIT);
  run_posted();
  // For how long there is to sleep.
  ::uv_update_time(&loop_);
  this_thread.turn_of = before;
}

std::uint64_t UvLoop::end_of(int timeout_ms) const {
  return timeout_ms < 0 ? kForEver : ::uv_now(&loop_) + static_cast<std::uint64_t>(timeout_ms);
}

bool UvLoop::is_done(int timeout_ms) const {
  // Zero, too, while there are sockets that the kernel has not been told of.
  return timeout_ms != 0 && own_posts_.tasks.empty() && foreign_posts_.tasks.empty() && senders_.empty();
}

std::optional<int> UvLoop::begin_sleep() {
  const std::lock_guard turn(turn_);
  const int timeout_ms = ::uv_backend_timeout(&loop_);
  const std::lock_guard guard(mutex_);
  if (!is_done(timeout_ms)) return std::nullopt;
  asleep_ = true;
  sleeps_until_ms_ = end_of(timeout_ms);
  return timeout_ms;
}

bool UvLoop::wait_for_events(int timeout_ms) const {
  // The turn sees them again, in the same order: libuv asks for levels, not for edges, and what is taken in
  // one call goes to the end of the line together.
  std::array<epoll_event, 16> events{};
  return ::epoll_wait(::uv_backend_fd(&loop_), events.data(), static_cast<int>(events.size()), timeout_ms) !=
         0;
}

bool UvLoop::see_to_others(bool is_busy) const {
  auto& others = this_thread.others;
  if (others.empty()) return false;
  is_busy = is_busy || wait_for_events(0);
  // Turns that run for others may add to them.
  for (int runs = 0; !others.empty(); ++runs) {
    UvLoop& other = *others.back();
    others.pop_back();
    if (is_busy || runs == kMostForOthers || !other.run_for_sleeper()) other.wake();
  }
  return true;
}

bool UvLoop::run_for_sleeper() {
  const std::unique_lock turn(turn_, std::try_to_lock);
  if (!turn.owns_lock() || !is_running_) return false;
  for (int turns = 0; true; ++turns) {
    const int timeout_ms = ::uv_backend_timeout(&loop_);
    {
      const std::lock_guard guard(mutex_);
      asleep_ = true;
      if (must_end_ || !own_posts_.are_brief || !foreign_posts_.are_brief) return false;
      if (is_done(timeout_ms)) return end_of(timeout_ms) >= sleeps_until_ms_;
    }
    if (turns == kMostForOthers) return false;
    // What comes in wakes its own thread. Left are timers that are due and sockets that begin or end.
    run_turn(timeout_ms == 0);
  }
}

void UvLoop::Posts::begin(std::vector<Task>& running) {
  if (running.empty()) {
    running.swap(tasks);
  } else {
    std::ranges::move(tasks, std::back_inserter(running));
    tasks.clear();
  }
  are_brief = true;
}

void UvLoop::run_posted() {
  own_posts_.begin(running_);
  {
    const std::lock_guard guard(mutex_);
    asleep_ = false;
    foreign_posts_.begin(running_);
  }
  runs_posted_ = true;
  for (Task& task : running_) {
    // Each task ends before the next begins, with all that it owns.
    std::exchange(task, nullptr)();
  }
  running_.clear();
  runs_posted_ = false;
  send_answers();
}

void UvLoop::send_answers() {
  const auto heard_in_turn = [](const auto& stream) { return (*stream)->heard_in_turn(); };
  std::erase_if(senders_, [](const auto& stream) { return *stream == nullptr; });
  std::ranges::sort(senders_, {}, heard_in_turn);
  // Those who wait for the same on loops that sleep are answered first, too.
  const auto end = this_thread.others.empty()
                       ? senders_.end()
                       : std::ranges::lower_bound(senders_, turn_number_, {}, heard_in_turn);
  for (auto at = senders_.begin(); at != end; ++at) {
    if (**at != nullptr) (**at)->send_queued();
  }
  senders_.erase(senders_.begin(), end);
}

void UvLoop::drop_posted() {
  // What a task owns may post when it is destroyed.
  while (true) {
    std::vector<Task> dropped;
    own_posts_.begin(dropped);
    {
      const std::lock_guard guard(mutex_);
      foreign_posts_.begin(dropped);
    }
    if (dropped.empty()) return;
  }
}

void UvLoop::offload(LaneId lane, Task work, Task done) {
  lane_of_(lane).submit([this, work = std::move(work), done = std::move(done)]() mutable {
    std::exchange(work, nullptr)();
    post(std::move(done));
  });
}

void UvLoop::forget(const Connecting& attempt) {
  std::erase_if(connecting_, [&attempt](const auto& each) { return each.get() == &attempt; });
}

std::unique_ptr<Timer> UvLoop::make_timer(std::move_only_function<void()> fired) {
  return std::make_unique<UvTimer>(*this, std::move(fired));
}

Result<std::unique_ptr<Listener>> UvLoop::listen(const SocketAddress& address, int backlog,
                                                 ListenerHandler* handler) {
  return UvListener::open(*this, address, backlog, handler);
}

std::unique_ptr<Stream> UvLoop::adopt(std::unique_ptr<PendingStream> accepted, int send_buffer_bytes,
                                      int receive_buffer_bytes) {
  Descriptor socket = static_cast<UvPendingStream&>(*accepted).take();
  if (send_buffer_bytes >= 0) {
    ::setsockopt(socket.number(), SOL_SOCKET, SO_SNDBUF, &send_buffer_bytes, sizeof send_buffer_bytes);
  }
  if (receive_buffer_bytes >= 0) {
    ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  }
  return std::make_unique<UvStream>(*this, std::move(socket));
}

void UvLoop::connect(const SocketAddress& address,
                     std::move_only_function<void(Result<std::unique_ptr<Stream>>)> done) {
  connecting_.push_back(std::make_unique<Connecting>(*this, address, std::move(done)));
  // Only the end of the loop destroys an attempt that has not begun, and the post with it.
  post([attempt = connecting_.back().get()] { attempt->begin(); });
}

}  // namespace moldau::io::uv
