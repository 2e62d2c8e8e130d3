#include "io/uv/listener.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "io/uv/address.h"
#include "io/uv/loop.h"
#include "io/uv/stream.h"
#include "io/uv/system_error.h"

namespace moldau::io::uv {
namespace {

constexpr int kAcceptsPerTurn = 64;
/// How long a listener without descriptors waits before it tries again.
constexpr std::uint64_t kRestMs = 100;

/// The machine has no such family or address: the next candidate may do. Any other failure, such as a port in
/// use, must not leave a listener that hears half of what was asked for.
bool may_try_next() {
  return errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL;
}

/// The system gives the lowest number that is free: from this one on, one of so many descriptors is left.
constexpr rlim_t kShareOfFiles = 16;

int first_number_of_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::numeric_limits<int>::max();
  const rlim_t first = limit.rlim_cur - limit.rlim_cur / kShareOfFiles;
  return static_cast<int>(std::min<rlim_t>(first, std::numeric_limits<int>::max()));
}

Result<Descriptor> bound_socket(const SystemAddress& address, int backlog, const std::string& name) {
  Descriptor socket(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return network_failure(name);
  const int on = 1;
  const int off = 0;
  ::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.family() == AF_INET6)
    ::setsockopt(socket.number(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (::bind(socket.number(), address.get(), address.size) != 0) return network_failure("binding " + name);
  if (::listen(socket.number(), backlog) != 0) return network_failure("listening on " + name);
  return socket;
}

}  // namespace

Result<std::unique_ptr<Listener>> UvListener::open(UvLoop& loop, const SocketAddress& address, int backlog,
                                                   ListenerHandler* handler) {
  const auto candidates = resolve(address);
  if (!candidates) return fail(candidates.error());
  const std::string name = address.host + ":" + std::to_string(address.port);
  Error failure{ErrorCode::kNetworkException, name + ": no address"};
  for (const SystemAddress& candidate : *candidates) {
    errno = 0;
    auto socket = bound_socket(candidate, backlog, name);
    if (socket) return std::make_unique<UvListener>(loop, std::move(*socket), handler);
    failure = std::move(socket).error();
    if (!may_try_next()) break;
  }
  return fail(std::move(failure));
}

UvListener::UvListener(UvLoop& loop, Descriptor socket, ListenerHandler* handler)
    : socket_(std::move(socket)),
      handler_(handler),
      poll_(std::make_unique<PollHandle>([this](int, int) { on_connections(); })),
      rest_timer_(std::make_unique<TimerHandle>([this] {
        resting_ = false;
        update_polling();
      })) {
  require(::uv_poll_init(loop.raw(), poll_->get(), socket_.number()) == 0, "a socket can be polled");
  require(::uv_timer_init(loop.raw(), rest_timer_->get()) == 0, "a loop makes timers");
  update_polling();
}

UvListener::~UvListener() {
  *alive_ = false;
  // The poll handle lets go of the descriptor before it closes.
  poll_.reset();
}

void UvListener::update_polling() {
  if (paused_ || resting_) {
    ::uv_poll_stop(poll_->get());
    return;
  }
  ::uv_poll_start(poll_->get(), UV_READABLE, [](uv_poll_t* handle, int status, int events) {
    PollHandle::call(handle, status, events);
  });
}

void UvListener::set_paused(bool paused) {
  paused_ = paused;
  update_polling();
}

SocketAddress UvListener::local_address() const {
  return local_address_of(socket_.number());
}

void UvListener::rest() {
  resting_ = true;
  update_polling();
  ::uv_timer_start(rest_timer_->get(), [](uv_timer_t* timer) { TimerHandle::call(timer); }, kRestMs, 0);
}

void UvListener::on_connections() {
  const std::shared_ptr<bool> alive = alive_;
  const int first_of_files = first_number_of_files();
  const Descriptor probe(::fcntl(socket_.number(), F_DUPFD_CLOEXEC, 0));
  if (!probe.is_open() || probe.number() >= first_of_files) return rest();
  for (int i = 0; i < kAcceptsPerTurn && *alive && !paused_; ++i) {
    sockaddr_storage peer{};
    socklen_t peer_size = sizeof peer;
    Descriptor accepted(::accept4(socket_.number(), reinterpret_cast<sockaddr*>(&peer), &peer_size,
                                  SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (accepted.is_open()) {
      const bool is_last = accepted.number() >= first_of_files;
      const int on = 1;
      ::setsockopt(accepted.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      ::setsockopt(accepted.number(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
      handler_->on_accept(
          std::make_unique<UvPendingStream>(std::move(accepted), to_socket_address(peer, peer_size)));
      if (is_last && *alive) return rest();
      continue;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) rest();
    if (errno != EINTR && errno != ECONNABORTED) return;
  }
}

}  // namespace moldau::io::uv
