#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "io/sim/pipe.h"
#include "io/stream.h"

namespace moldau::io::sim {

/// One end of a connection, before a loop owns it. Destroying it closes the connection.
class SimPendingStream final : public PendingStream {
 public:
  SimPendingStream(std::shared_ptr<Pipe> in, std::shared_ptr<Pipe> out, SocketAddress local,
                   SocketAddress peer)
      : in(std::move(in)), out(std::move(out)), local(std::move(local)), peer(std::move(peer)) {}
  ~SimPendingStream() override;
  const SocketAddress& peer_address() const override { return peer; }
  SimPendingStream(const SimPendingStream&) = delete;
  SimPendingStream& operator=(const SimPendingStream&) = delete;

  std::shared_ptr<Pipe> in;
  std::shared_ptr<Pipe> out;
  SocketAddress local;
  SocketAddress peer;
};

/// Closes one end: the peer reads what was sent before, or is cut off where it sent what was not read.
void close_end(Pipe& in, Pipe& out);

/// Machines by address, what listens on them, and the connections between them.
class Network {
 public:
  /// What listens on a port; told of each new connection.
  using OnConnection = std::function<void(std::unique_ptr<SimPendingStream>)>;

  Network(Schedule& schedule, const Seed& seed);

  /// Binds on `machine`; port 0 takes a free one. Gives the address bound. kNetworkException where it is
  /// taken.
  Result<SocketAddress> listen(const std::string& machine, const SocketAddress& address,
                               OnConnection on_connection);
  void stop_listening(const std::string& machine, std::uint16_t port);

  /// Connects from `machine`; the outcome comes later, for an owner that lives by then.
  void connect(const std::string& machine, const SocketAddress& address, OwnerId owner,
               std::move_only_function<void(Result<std::unique_ptr<SimPendingStream>>)> done);

  void set_latency(const Latency& latency) { wires_.latency = latency; }

  const Trace& trace() const { return wires_.trace; }

 private:
  struct Listening {
    std::string host;  ///< empty: every interface
    OnConnection on_connection;
  };

  Result<std::unique_ptr<SimPendingStream>> establish(const std::string& machine,
                                                      const SocketAddress& address);
  std::uint16_t free_port(const std::string& machine);

  Wires wires_;
  std::map<std::pair<std::string, std::uint16_t>, Listening> listening_;
  std::map<std::string, std::uint16_t> last_port_;
};

}  // namespace moldau::io::sim
