#include "net/acceptor.h"

#include <algorithm>
#include <utility>

namespace moldau::net {

Acceptor::Acceptor(io::Loop& loop, Settings settings, std::vector<Target> targets)
    : loop_(loop),
      settings_(std::move(settings)),
      targets_(std::move(targets)),
      open_counts_(targets_.size(), 0),
      closing_(targets_.size(), 0) {
  settings_.quota->add(listener().name, *this);
}

Acceptor::~Acceptor() {
  settings_.quota->remove(listener().name);
}

Result<std::unique_ptr<Acceptor>> Acceptor::open(io::Loop& loop, Settings settings,
                                                 std::vector<Target> targets) {
  std::unique_ptr<Acceptor> acceptor(new Acceptor(loop, std::move(settings), std::move(targets)));
  auto listening = loop.listen(acceptor->settings_.address, acceptor->settings_.backlog, acceptor.get());
  if (!listening) return fail(std::move(listening).error());
  acceptor->address_ = (*listening)->local_address();
  acceptor->listening_ = std::move(*listening);
  acceptor->pause_or_resume();
  return acceptor;
}

void Acceptor::set_accepting(bool accepting) {
  may_accept_ = accepting;
  pause_or_resume();
}

void Acceptor::pause_or_resume() {
  if (!listening_) return;
  const bool is_to_pause = !may_accept_ || !settings_.quota->has_slot(listener().name);
  if (std::exchange(is_paused_, is_to_pause) != is_to_pause) listening_->set_paused(is_to_pause);
}

void Acceptor::on_accept(std::unique_ptr<io::PendingStream> accepted) {
  const io::SocketAddress& peer = accepted->peer_address();
  if (!settings_.quota->admit(listener().name, peer.host)) return settings_.refused(peer);
  const auto least = std::min_element(open_counts_.begin(), open_counts_.end());
  const auto index = static_cast<std::size_t>(least - open_counts_.begin());
  ++open_counts_[index];
  const Target& target = targets_[index];
  Server::Gone gone = [this, index](const io::SocketAddress& over) {
    loop_.post([this, index, over] { has_gone(index, over); });
  };
  if (target.loop == &loop_) {
    target.server->take(std::move(accepted), listener(), std::move(gone));
    return;
  }
  target.loop->post(
      [this, server = target.server, accepted = std::move(accepted), gone = std::move(gone)]() mutable {
        server->take(std::move(accepted), listener(), std::move(gone));
      });
}

void Acceptor::has_gone(std::size_t target, const io::SocketAddress& peer) {
  --open_counts_[target];
  if (closing_[target] > 0) {
    --closing_[target];
    settings_.quota->close_ended(listener().name);
  }
  settings_.quota->give_back(listener().name, peer.host);
}

void Acceptor::close_one() {
  // Behind what is being accepted now.
  loop_.post([this] { close_least_active(); });
}

void Acceptor::close_least_active() {
  std::size_t most = 0;
  std::size_t staying_count = 0;
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    if (open_counts_[i] - closing_[i] <= staying_count) continue;
    most = i;
    staying_count = open_counts_[i] - closing_[i];
  }
  if (staying_count == 0) return settings_.quota->close_ended(listener().name);
  ++closing_[most];
  // One that leaves by itself meanwhile counts in place of that which is closed, so that both may go.
  targets_[most].loop->post([this, most] { targets_[most].server->close_least_active(listener()); });
}

}  // namespace moldau::net
