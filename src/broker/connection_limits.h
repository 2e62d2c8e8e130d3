#pragma once

#include <cstdint>
#include <optional>

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
  /// `host` outlives it. Nothing is limited before open().
  ConnectionLimits(io::Host& host, const config::BrokerConfig& config);

  /// Takes what holds at the start. Blocks where hosts are given by name; kNetworkException for one that is
  /// nobody's.
  Result<void> open(const config::BrokerConfig& config);

  /// Takes a changed configuration, once hosts given by name are looked up. It stays as it is where one is
  /// nobody's. On shard 0, which it outlives.
  void change(runtime::Shard& shard, const config::BrokerConfig& config);

  net::ConnectionQuota& quota(const net::ListenerInfo& listener) {
    return listener.is_controller ? of_controller_ : of_broker_;
  }

 private:
  using Limits = net::ConnectionQuota::Limits;

  runtime::Task<void> look_up(runtime::Shard& shard, Limits wanted, std::uint64_t change);
  void hold(const Limits& limits);

  io::Host& host_;
  net::ConnectionQuota of_broker_;
  net::ConnectionQuota of_controller_;
  std::optional<io::LaneId> lane_;  ///< where names are looked up, once there is one
  std::uint64_t changes_ = 0;
};

}  // namespace moldau::broker
