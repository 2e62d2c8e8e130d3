#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "config/broker_config.h"
#include "io/host.h"
#include "net/connection.h"
#include "net/connection_quota.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace moldau::broker {

/// How many connections the listeners of a node may have, as it is configured now. Those of its controller
/// count for themselves. Belongs to shard 0.
class ConnectionLimits {
 public:
  /// By address or by name, as in `max.connections.per.ip.overrides`.
  using OfHosts = std::map<std::string, std::int32_t>;

  /// `host` outlives it. Nothing is limited before open().
  ConnectionLimits(io::Host& host, const config::BrokerConfig& config);

  /// Takes what holds at the start. Blocks where hosts are given by name; kNetworkException for one that is
  /// nobody's.
  Result<void> open(const config::BrokerConfig& config);

  /// Takes a changed configuration; overrides for hosts once they are looked up, and not at all where one of
  /// them is nobody's. On shard 0, which it outlives.
  void change(runtime::Shard& shard, const config::BrokerConfig& config);

  net::ConnectionQuota& quota(const net::ListenerInfo& listener) {
    return listener.is_controller ? of_controller_ : of_broker_;
  }

 private:
  using Limits = net::ConnectionQuota::Limits;

  runtime::Task<void> look_up(runtime::Shard& shard, OfHosts wanted);
  void hold(Limits limits);

  io::Host& host_;
  net::ConnectionQuota of_broker_;
  net::ConnectionQuota of_controller_;
  Limits limits_;
  std::optional<OfHosts> of_hosts_;  ///< as last asked for; those that could not be had are asked for again
  std::optional<io::LaneId> lane_;   ///< where names are looked up, once there is one
};

}  // namespace moldau::broker
