#include "io/uv/connecting.h"

#include <algorithm>
#include <string>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "io/uv/loop.h"
#include "io/uv/stream.h"
#include "io/uv/system_error.h"

namespace moldau::io::uv {

struct Connecting::Lookup {
  uv_getaddrinfo_t request{};
  Connecting* owner = nullptr;
};

Connecting::Connecting(UvLoop& loop, SocketAddress address, Done done)
    : loop_(loop),
      address_(std::move(address)),
      done_(std::move(done)),
      failure_{ErrorCode::kNetworkException, name() + ": no address"} {}

Connecting::~Connecting() {
  if (lookup_ != nullptr) {
    lookup_->owner = nullptr;
    ::uv_cancel(reinterpret_cast<uv_req_t*>(&lookup_->request));
  }
  // The poll handle lets go of the descriptor before it closes.
  poll_.reset();
}

void Connecting::begin() {
  left_ = literal(address_);
  if (left_.empty()) {
    look_up();
  } else {
    std::ranges::reverse(left_);
    try_next();
  }
}

void Connecting::look_up() {
  lookup_ = new Lookup{{}, this};
  lookup_->request.data = lookup_;
  const addrinfo hints = lookup_hints();
  const auto on_answer = [](uv_getaddrinfo_t* request, int status, addrinfo* found) {
    const std::unique_ptr<Lookup> lookup(static_cast<Lookup*>(request->data));
    if (lookup->owner != nullptr) {
      lookup->owner->lookup_ = nullptr;
      lookup->owner->on_found(status, found);
    }
    ::uv_freeaddrinfo(found);
  };
  const int status = ::uv_getaddrinfo(loop_.raw(), &lookup_->request, on_answer, address_.host.c_str(),
                                      std::to_string(address_.port).c_str(), &hints);
  if (status == 0) return;
  delete std::exchange(lookup_, nullptr);
  on_found(status, nullptr);
}

void Connecting::on_found(int status, const addrinfo* found) {
  if (status != 0) failure_.message = address_.host + ": " + ::uv_strerror(status);
  left_ = addresses_in(found);
  std::ranges::reverse(left_);
  try_next();
}

void Connecting::try_next() {
  while (!left_.empty()) {
    const SystemAddress target = left_.back();
    left_.pop_back();
    if (try_one(target)) return;
    failure_ = network_failure("connecting to " + name()).error();
  }
  finish(fail(failure_));
}

bool Connecting::try_one(const SystemAddress& target) {
  socket_ = Descriptor(::socket(target.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_.is_open()) return false;
  const int on = 1;
  ::setsockopt(socket_.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(socket_.number(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  if (::connect(socket_.number(), target.get(), target.size) != 0 && errno != EINPROGRESS) return false;
  poll_ = std::make_unique<PollHandle>([this](int, int) { on_writable(); });
  require(::uv_poll_init(loop_.raw(), poll_->get(), socket_.number()) == 0, "a socket can be polled");
  ::uv_poll_start(poll_->get(), UV_WRITABLE, [](uv_poll_t* handle, int status, int events) {
    PollHandle::call(handle, status, events);
  });
  return true;
}

void Connecting::on_writable() {
  int reason = 0;
  socklen_t size = sizeof reason;
  ::getsockopt(socket_.number(), SOL_SOCKET, SO_ERROR, &reason, &size);
  poll_.reset();
  if (reason == 0) return finish(std::make_unique<UvStream>(loop_, std::move(socket_)));
  errno = reason;
  failure_ = network_failure("connecting to " + name()).error();
  try_next();
}

void Connecting::finish(Result<std::unique_ptr<Stream>> result) {
  Done done = std::move(done_);
  loop_.forget(*this);
  done(std::move(result));
}

}  // namespace moldau::io::uv
