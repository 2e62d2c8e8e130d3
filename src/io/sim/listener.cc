#include "io/sim/listener.h"

#include <utility>

#include "io/sim/host.h"
#include "io/sim/loop.h"

namespace moldau::io::sim {

Result<std::unique_ptr<Listener>> SimListener::open(SimLoop& loop, const SocketAddress& address,
                                                    ListenerHandler* handler) {
  auto listener = std::make_unique<SimListener>(loop, handler);
  auto bound = loop.host().world().network().listen(
      loop.host().machine(), address, [self = listener.get()](std::unique_ptr<SimPendingStream> connection) {
        self->backlog_.push_back(std::move(connection));
        self->accept_soon();
      });
  if (!bound) return fail(std::move(bound).error());
  listener->address_ = *std::move(bound);
  return listener;
}

SimListener::~SimListener() {
  *self_ = nullptr;
  if (address_.port != 0)
    loop_.host().world().network().stop_listening(loop_.host().machine(), address_.port);
}

void SimListener::set_paused(bool paused) {
  paused_ = paused;
  if (!paused) accept_soon();
}

void SimListener::accept_soon() {
  if (backlog_.empty()) return;
  loop_.run_soon([self = self_] {
    while (*self != nullptr && !(*self)->paused_ && !(*self)->backlog_.empty()) {
      auto next = std::move((*self)->backlog_.front());
      (*self)->backlog_.pop_front();
      (*self)->handler_->on_accept(std::move(next));
    }
  });
}

}  // namespace moldau::io::sim
