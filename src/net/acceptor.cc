#include "net/acceptor.h"

#include <algorithm>
#include <utility>

namespace moldau::net {

Acceptor::Acceptor(io::Loop& loop, ListenerInfo listener, std::vector<Target> targets)
    : loop_(loop),
      listener_(std::move(listener)),
      targets_(std::move(targets)),
      open_counts_(targets_.size(), 0) {}

Result<std::unique_ptr<Acceptor>> Acceptor::open(io::Loop& loop, const io::SocketAddress& address,
                                                 int backlog, ListenerInfo listener,
                                                 std::vector<Target> targets) {
  std::unique_ptr<Acceptor> acceptor(new Acceptor(loop, std::move(listener), std::move(targets)));
  auto listening = loop.listen(address, backlog, acceptor.get());
  if (!listening) return fail(std::move(listening).error());
  acceptor->address_ = (*listening)->local_address();
  acceptor->listening_ = std::move(*listening);
  return acceptor;
}

void Acceptor::on_accept(std::unique_ptr<io::PendingStream> accepted) {
  const auto least = std::min_element(open_counts_.begin(), open_counts_.end());
  const auto index = static_cast<std::size_t>(least - open_counts_.begin());
  ++open_counts_[index];
  const Target& target = targets_[index];
  auto gone = [this, index] { loop_.post([this, index] { --open_counts_[index]; }); };
  if (target.loop == &loop_) {
    target.server->take(std::move(accepted), listener_, std::move(gone));
    return;
  }
  target.loop->post(
      [this, server = target.server, accepted = std::move(accepted), gone = std::move(gone)]() mutable {
        server->take(std::move(accepted), listener_, std::move(gone));
      });
}

}  // namespace moldau::net
