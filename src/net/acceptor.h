#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "io/loop.h"
#include "net/connection.h"
#include "net/server.h"

namespace moldau::net {

/// One listener: accepts on its loop and hands each connection to the shard with the fewest of them.
class Acceptor final : private io::ListenerHandler {
 public:
  /// A shard that takes connections: its server and the loop it lives on.
  struct Target {
    io::Loop* loop = nullptr;
    Server* server = nullptr;
  };

  /// Binds and starts to accept on `loop`. Everything handed in outlives the acceptor, and the acceptor
  /// outlives the servers' connections. kNetworkException when the address cannot be had.
  static Result<std::unique_ptr<Acceptor>> open(io::Loop& loop, const io::SocketAddress& address, int backlog,
                                                ListenerInfo listener, std::vector<Target> targets);

  /// While it does not accept, clients wait in the system's queue.
  void set_accepting(bool accepting) { listening_->set_paused(!accepting); }

  /// Accepts no more; connections made stay.
  void stop() { listening_.reset(); }

  /// Connections that each of the targets has taken and not given up.
  std::span<const std::size_t> open_counts() const { return open_counts_; }

  const ListenerInfo& listener() const { return listener_; }
  io::SocketAddress local_address() const { return address_; }

 private:
  Acceptor(io::Loop& loop, ListenerInfo listener, std::vector<Target> targets);
  void on_accept(std::unique_ptr<io::PendingStream> accepted) override;

  io::Loop& loop_;
  ListenerInfo listener_;
  std::vector<Target> targets_;
  std::vector<std::size_t> open_counts_;  ///< by target; kept on this loop
  std::unique_ptr<io::Listener> listening_;
  io::SocketAddress address_;
};

}  // namespace moldau::net
