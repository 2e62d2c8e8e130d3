#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "api/dispatcher.h"
#include "api/fetch_sessions.h"
#include "api/share_sessions.h"
#include "base/result.h"
#include "broker/admin_port.h"
#include "broker/connection_limits.h"
#include "config/broker_config.h"
#include "io/host.h"
#include "net/acceptor.h"
#include "net/server.h"
#include "runtime/node.h"

namespace moldau::broker {

/// A node with its listeners, on a real machine or a simulated one: wires the rooms together and takes them
/// apart in order. All calls are made on the host's loop 0. Destroyed before the host, at any moment.
class Broker {
 public:
  /// Both outlive the broker. `process` is called in a lane.
  Broker(io::Host& host, const config::BrokerConfig& config, ProcessProbe process = {});
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  /// Reads the data and binds the listeners; with `format_when_empty`, log directories that are all empty are
  /// formatted for a new cluster first. Blocks.
  Result<void> open(bool format_when_empty);

  /// Starts to serve; `ready` is called once, when clients are let in or with what prevents it, but not after
  /// stop(). `failed` is called when the node cannot go on later.
  void start(std::function<void(Result<void>)> ready, std::function<void(const Error&)> failed);

  /// Ends in order: hands its partitions over, closes the logs, lets answers under way go out. `stopped` is
  /// called once.
  void stop(std::function<void(Result<void>)> stopped);

  /// Where clients reach it, with the ports that were bound; known after open().
  const std::vector<config::Endpoint>& advertised() const { return advertised_; }

  /// Where metrics are asked for; nullopt where that is turned off, or the address could not be had.
  std::optional<io::SocketAddress> admin_address() const;

  runtime::Node& node() { return *node_; }

 private:
  Result<void> format();
  void open_servers();
  std::size_t budget_bytes() const;
  Result<void> open_listeners();
  void open_admin_port();
  void advertise(const config::Endpoint& bound, std::uint16_t port);
  void finish_connections();
  void connections_finished();

  io::Host& host_;
  const config::BrokerConfig& config_;
  ConnectionLimits limits_;
  std::unique_ptr<runtime::Node> node_;
  std::unique_ptr<api::FetchSessions> sessions_;
  std::unique_ptr<api::ShareSessions> share_sessions_;
  std::vector<std::unique_ptr<api::Dispatcher>> dispatchers_;
  std::vector<std::unique_ptr<net::Server>> servers_;
  std::vector<std::unique_ptr<net::Acceptor>> acceptors_;
  ProcessProbe process_;
  std::unique_ptr<AdminPort> admin_port_;
  std::vector<config::Endpoint> advertised_;
  std::function<void(Result<void>)> stopped_;
  Result<void> stop_outcome_;
  std::size_t unfinished_servers_ = 0;
  std::unique_ptr<io::Timer> patience_;
  bool stopping_ = false;
};

}  // namespace moldau::broker
