#include "io/uv/loop.h"

#include <algorithm>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "io/uv/address.h"
#include "io/uv/handles.h"
#include "io/uv/listener.h"
#include "io/uv/stream.h"
#include "io/uv/system_error.h"

namespace moldau::io::uv {
namespace {

class UvTimer final : public Timer {
 public:
  UvTimer(UvLoop& loop, std::move_only_function<void()> fired)
      : loop_(loop), fired_(std::move(fired)), timer_([this] { fired_(); }) {
    require(::uv_timer_init(loop_.raw(), timer_.get()) == 0, "a loop makes timers");
  }

  void arm(Instant deadline) override {
    const Duration left = std::max(deadline - loop_.clock().now(), Duration::zero());
    const auto left_ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    // libuv counts from the time it read at the start of the turn.
    ::uv_update_time(loop_.raw());
    ::uv_timer_start(
        timer_.get(), [](uv_timer_t* timer) { TimerHandle::call(timer); },
        static_cast<std::uint64_t>(left_ms), 0);
  }
  void disarm() override { ::uv_timer_stop(timer_.get()); }

 private:
  UvLoop& loop_;
  std::move_only_function<void()> fired_;
  TimerHandle timer_;
};

/// One connection being made; keeps itself until it is done.
class Connecting {
 public:
  using Done = std::move_only_function<void(Result<std::unique_ptr<Stream>>)>;

  static void start(UvLoop& loop, const SocketAddress& address, Done done) {
    auto* self = new Connecting(loop, std::move(done));
    self->begin(address);
  }

 private:
  Connecting(UvLoop& loop, Done done) : loop_(loop), done_(std::move(done)) {}

  void begin(const SocketAddress& address) {
    const auto candidates = resolve(address);
    if (!candidates) return finish_later(fail(candidates.error()));
    const SystemAddress& target = candidates->front();
    socket_ = Descriptor(::socket(target.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket_.is_open()) return finish_later(network_failure("making a socket"));
    const int on = 1;
    ::setsockopt(socket_.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket_.number(), target.get(), target.size) != 0 && errno != EINPROGRESS) {
      return finish_later(network_failure("connecting to " + address.host));
    }
    poll_ = std::make_unique<PollHandle>([this](int, int) { on_writable(); });
    require(::uv_poll_init(loop_.raw(), poll_->get(), socket_.number()) == 0, "a socket can be polled");
    ::uv_poll_start(poll_->get(), UV_WRITABLE, [](uv_poll_t* handle, int status, int events) {
      PollHandle::call(handle, status, events);
    });
  }

  void on_writable() {
    int reason = 0;
    socklen_t size = sizeof reason;
    ::getsockopt(socket_.number(), SOL_SOCKET, SO_ERROR, &reason, &size);
    poll_.reset();
    if (reason != 0) {
      errno = reason;
      return finish(network_failure("connecting"));
    }
    finish(std::make_unique<UvStream>(loop_, std::move(socket_)));
  }

  void finish_later(std::unexpected<Error> failure) {
    loop_.post([this, failure = std::move(failure)]() mutable { finish(std::move(failure)); });
  }

  void finish(Result<std::unique_ptr<Stream>> result) {
    const std::unique_ptr<Connecting> self(this);
    done_(std::move(result));
  }

  UvLoop& loop_;
  Done done_;
  Descriptor socket_;
  std::unique_ptr<PollHandle> poll_;
};

}  // namespace

UvLoop::UvLoop(std::function<Lane&(LaneId)> lane_of)
    : lane_of_(std::move(lane_of)), thread_(std::this_thread::get_id()) {
  require(::uv_loop_init(&loop_) == 0, "the system makes loops");
  ::uv_async_init(&loop_, &wake_,
                  [](uv_async_t* handle) { static_cast<UvLoop*>(handle->data)->run_posted(); });
  wake_.data = this;
  ::uv_idle_init(&loop_, &not_idle_);
  ::uv_check_init(&loop_, &after_poll_);
  after_poll_.data = this;
  ::uv_check_start(&after_poll_,
                   [](uv_check_t* handle) { static_cast<UvLoop*>(handle->data)->run_posted(); });
}

UvLoop::~UvLoop() {
  own_posts_.clear();
  foreign_posts_.clear();
  ::uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr);
  ::uv_close(reinterpret_cast<uv_handle_t*>(&not_idle_), nullptr);
  ::uv_close(reinterpret_cast<uv_handle_t*>(&after_poll_), nullptr);
  // Lets the close callbacks of every handle run; whoever still has one open broke the order of ends.
  while (::uv_run(&loop_, UV_RUN_NOWAIT) != 0) {
  }
  require(::uv_loop_close(&loop_) == 0, "streams, listeners and timers end before their loop");
}

void UvLoop::run() {
  thread_ = std::this_thread::get_id();
  if (!own_posts_.empty()) ::uv_idle_start(&not_idle_, [](uv_idle_t*) {});
  ::uv_run(&loop_, UV_RUN_DEFAULT);
}

void UvLoop::stop() {
  post([this] { ::uv_stop(&loop_); });
}

void UvLoop::post(Task task) {
  if (on_own_thread()) {
    if (own_posts_.empty()) ::uv_idle_start(&not_idle_, [](uv_idle_t*) {});
    own_posts_.push_back(std::move(task));
    return;
  }
  bool was_empty = false;
  {
    const std::lock_guard guard(mutex_);
    was_empty = foreign_posts_.empty();
    foreign_posts_.push_back(std::move(task));
  }
  if (was_empty) ::uv_async_send(&wake_);
}

void UvLoop::run_posted() {
  std::vector<Task> own;
  own.swap(own_posts_);
  std::vector<Task> foreign;
  {
    const std::lock_guard guard(mutex_);
    foreign.swap(foreign_posts_);
  }
  ::uv_idle_stop(&not_idle_);
  for (Task& task : own) {
    task();
  }
  for (Task& task : foreign) {
    task();
  }
}

void UvLoop::offload(LaneId lane, Task work, Task done) {
  lane_of_(lane).submit([this, work = std::move(work), done = std::move(done)]() mutable {
    work();
    post(std::move(done));
  });
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
  Connecting::start(*this, address, std::move(done));
}

}  // namespace moldau::io::uv
