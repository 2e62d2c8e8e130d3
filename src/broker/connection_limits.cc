#include "broker/connection_limits.h"

#include <string>
#include <utility>
#include <variant>

#include "observe/log.h"
#include "runtime/offload.h"

namespace moldau::broker {
namespace {

using Limits = net::ConnectionQuota::Limits;

Limits limits_in(const config::BrokerConfig& config, const net::ConnectionQuota::OfAddresses& of_addresses) {
  const config::NetworkSection& network = config.network;
  Limits limits{.all = network.max_connections,
                .of_address = network.max_connections_per_ip,
                .of_addresses = of_addresses};
  for (const config::Endpoint& endpoint : config.listeners.all) {
    const auto most = std::get<std::int64_t>(config.listener_value(endpoint.listener, "max.connections"));
    limits.of_listeners.emplace(endpoint.listener, static_cast<std::int32_t>(most));
  }
  return limits;
}

/// A host stands for the first of its addresses, as in Java.
Result<net::ConnectionQuota::OfAddresses> by_address(io::Host& host,
                                                     const ConnectionLimits::OfHosts& of_hosts) {
  net::ConnectionQuota::OfAddresses limits;
  for (const auto& [name, most] : of_hosts) {
    const auto found = host.addresses_of(name);
    if (!found) return fail(found.error());
    limits.insert_or_assign(found->front(), most);
  }
  return limits;
}

}  // namespace

ConnectionLimits::ConnectionLimits(io::Host& host, const config::BrokerConfig& config)
    : host_(host),
      of_broker_(config.listeners.inter_broker_name),
      of_controller_(config.listeners.inter_broker_name) {}

Result<void> ConnectionLimits::open(const config::BrokerConfig& config) {
  of_hosts_ = config.network.max_connections_per_ip_overrides;
  const auto of_addresses = by_address(host_, *of_hosts_);
  if (!of_addresses) return fail(of_addresses.error());
  hold(limits_in(config, *of_addresses));
  return {};
}

void ConnectionLimits::change(runtime::Shard& shard, const config::BrokerConfig& config) {
  hold(limits_in(config, limits_.of_addresses));
  const OfHosts& wanted = config.network.max_connections_per_ip_overrides;
  if (of_hosts_ == wanted) return;
  of_hosts_ = wanted;
  if (!lane_) lane_ = host_.make_lane("names");
  shard.tasks().spawn(look_up(shard, wanted));
}

runtime::Task<void> ConnectionLimits::look_up(runtime::Shard& shard, OfHosts wanted) {
  // In the order in which they were set.
  const auto found = co_await runtime::run_in_lane(
      shard, *lane_, [&host = host_, wanted] { return by_address(host, wanted); });
  if (!found) {
    if (of_hosts_ == wanted) of_hosts_.reset();
    observe::warn("max.connections.per.ip.overrides: those before hold on: {}", found.error().message);
    co_return;
  }
  Limits limits = limits_;
  limits.of_addresses = *found;
  hold(std::move(limits));
}

void ConnectionLimits::hold(Limits limits) {
  limits_ = std::move(limits);
  of_broker_.change(limits_);
  of_controller_.change(limits_);
}

}  // namespace moldau::broker
