#include "io/uv/loop.h"

#include <algorithm>
#include <iterator>
#include <utility>

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

/// The loop that the calling thread runs.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): one for each thread.
thread_local const UvLoop* loop_of_this_thread = nullptr;

}  // namespace

UvLoop::UvLoop(std::function<Lane&(LaneId)> lane_of) : lane_of_(std::move(lane_of)) {
  require(::uv_loop_init(&loop_) == 0, "the system makes loops");
  // What was posted runs behind the poll that this ends.
  ::uv_async_init(&loop_, &wake_, [](uv_async_t*) {});
  ::uv_idle_init(&loop_, &not_idle_);
  ::uv_prepare_init(&loop_, &before_poll_);
  before_poll_.data = this;
  ::uv_prepare_start(&before_poll_,
                     [](uv_prepare_t* handle) { static_cast<UvLoop*>(handle->data)->before_poll(); });
  ::uv_check_init(&loop_, &after_poll_);
  after_poll_.data = this;
  ::uv_check_start(&after_poll_,
                   [](uv_check_t* handle) { static_cast<UvLoop*>(handle->data)->run_posted(); });
}

UvLoop::~UvLoop() {
  drop_posted();
  connecting_.clear();
  ::uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr);
  ::uv_close(reinterpret_cast<uv_handle_t*>(&not_idle_), nullptr);
  ::uv_close(reinterpret_cast<uv_handle_t*>(&before_poll_), nullptr);
  ::uv_close(reinterpret_cast<uv_handle_t*>(&after_poll_), nullptr);
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
  loop_of_this_thread = this;
  ::uv_run(&loop_, UV_RUN_DEFAULT);
  loop_of_this_thread = nullptr;
}

void UvLoop::stop() {
  post([this] { ::uv_stop(&loop_); });
}

void UvLoop::post(Task task) {
  if (loop_of_this_thread == this) {
    if (own_posts_.empty()) keep_awake();
    own_posts_.push_back(std::move(task));
    return;
  }
  bool must_wake = false;
  {
    const std::lock_guard guard(mutex_);
    foreign_posts_.push_back(std::move(task));
    must_wake = std::exchange(asleep_, false);
  }
  if (must_wake) ::uv_async_send(&wake_);
}

void UvLoop::before_poll() {
  const std::lock_guard guard(mutex_);
  asleep_ = foreign_posts_.empty();
  if (!asleep_) keep_awake();
}

void UvLoop::keep_awake() {
  ::uv_idle_start(&not_idle_, [](uv_idle_t*) {});
}

void UvLoop::run_posted() {
  ::uv_idle_stop(&not_idle_);
  running_.swap(own_posts_);
  {
    const std::lock_guard guard(mutex_);
    asleep_ = false;
    std::ranges::move(foreign_posts_, std::back_inserter(running_));
    foreign_posts_.clear();
  }
  runs_posted_ = true;
  for (Task& task : running_) {
    // Each task ends before the next begins, with all that it owns.
    std::exchange(task, nullptr)();
  }
  running_.clear();
  runs_posted_ = false;
  for (const auto& stream : senders_) {
    if (*stream != nullptr) (*stream)->send_queued();
  }
  senders_.clear();
}

void UvLoop::drop_posted() {
  // What a task owns may post when it is destroyed.
  while (true) {
    std::vector<Task> dropped = std::move(own_posts_);
    own_posts_.clear();
    {
      const std::lock_guard guard(mutex_);
      std::ranges::move(foreign_posts_, std::back_inserter(dropped));
      foreign_posts_.clear();
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
