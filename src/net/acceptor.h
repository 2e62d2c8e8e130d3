#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "io/loop.h"
#include "net/connection.h"
#include "net/connection_quota.h"
#include "net/server.h"

namespace moldau::net {

/// One listener: accepts on its loop what its quota allows, and hands each connection to the shard with the
/// fewest of them.
class Acceptor final : private io::ListenerHandler, private ConnectionQuota::Watcher {
 public:
  /// A shard that takes connections: its server and the loop it lives on.
  struct Target {
    io::Loop* loop = nullptr;
    Server* server = nullptr;
  };

  struct Settings {
    io::SocketAddress address;
    int backlog = 0;
    ListenerInfo listener;
    ConnectionQuota* quota = nullptr;  ///< on the same loop
    /// Told of a connection that is closed at once: its address has all that it may have.
    std::function<void(const io::SocketAddress& peer)> refused;
  };

  /// Binds and starts to accept on `loop`. Everything handed in outlives the acceptor, and the acceptor
  /// outlives the servers' connections. kNetworkException when the address cannot be had.
  static Result<std::unique_ptr<Acceptor>> open(io::Loop& loop, Settings settings,
                                                std::vector<Target> targets);
  ~Acceptor() override;

  /// While it does not accept, clients wait in the system's queue.
  void set_accepting(bool accepting);

  /// Accepts no more; connections made stay.
  void stop() { listening_.reset(); }

  /// Connections that each of the targets has taken and not given up.
  std::span<const std::size_t> open_counts() const { return open_counts_; }

  const ListenerInfo& listener() const { return settings_.listener; }
  io::SocketAddress local_address() const { return address_; }

 private:
  Acceptor(io::Loop& loop, Settings settings, std::vector<Target> targets);
  void on_accept(std::unique_ptr<io::PendingStream> accepted) override;
  void on_slots_changed() override { pause_or_resume(); }
  void close_one() override;
  /// Has the target with the most connections close the least active of them.
  void close_least_active();
  void pause_or_resume();
  /// A connection that a target had is over.
  void has_gone(std::size_t target, const io::SocketAddress& peer);

  io::Loop& loop_;
  Settings settings_;
  std::vector<Target> targets_;
  std::vector<std::size_t> open_counts_;  ///< by target; kept on this loop
  std::vector<std::size_t> closing_;      ///< of them, how many are to be closed for the quota
  bool may_accept_ = true;
  bool is_paused_ = false;
  std::unique_ptr<io::Listener> listening_;
  io::SocketAddress address_;
};

}  // namespace moldau::net
