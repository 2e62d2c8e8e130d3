#include "broker/connection_limits.h"

#include <string>
#include <utility>
#include <variant>

#include "observe/log.h"
#include "runtime/offload.h"

namespace moldau::broker {
namespace {

using Limits = net::ConnectionQuota::Limits;

/// Hosts are as they were given.
Limits limits_in(const config::BrokerConfig& config) {
  const config::NetworkSection& network = config.network;
  Limits limits{.all = network.max_connections, .of_address = network.max_connections_per_ip};
  for (const config::Endpoint& endpoint : config.listeners.all) {
    const auto most = std::get<std::int64_t>(config.listener_value(endpoint.listener, "max.connections"));
    limits.of_listeners.emplace(endpoint.listener, static_cast<std::int32_t>(most));
  }
  for (const auto& [host, most] : network.max_connections_per_ip_overrides)
    limits.of_addresses.emplace(host, most);
  return limits;
}

/// A host stands for the first of its addresses, as in Java.
Result<Limits> with_addresses(io::Host& host, Limits limits) {
  for (const auto& [name, most] : std::exchange(limits.of_addresses, {})) {
    const auto found = host.addresses_of(name);
    if (!found) return fail(found.error());
    limits.of_addresses.insert_or_assign(found->front(), most);
  }
  return limits;
}

}  // namespace

ConnectionLimits::ConnectionLimits(io::Host& host, const config::BrokerConfig& config)
    : host_(host),
      of_broker_(config.listeners.inter_broker_name),
      of_controller_(config.listeners.inter_broker_name) {}

Result<void> ConnectionLimits::open(const config::BrokerConfig& config) {
  const auto limits = with_addresses(host_, limits_in(config));
  if (!limits) return fail(limits.error());
  hold(*limits);
  return {};
}

void ConnectionLimits::change(runtime::Shard& shard, const config::BrokerConfig& config) {
  ++changes_;
  Limits wanted = limits_in(config);
  if (wanted.of_addresses.empty()) return hold(wanted);
  if (!lane_) lane_ = host_.make_lane("names");
  shard.tasks().spawn(look_up(shard, std::move(wanted), changes_));
}

runtime::Task<void> ConnectionLimits::look_up(runtime::Shard& shard, Limits wanted, std::uint64_t change) {
  const auto limits = co_await runtime::run_in_lane(
      shard, *lane_, [&host = host_, wanted = std::move(wanted)] { return with_addresses(host, wanted); });
  if (change != changes_) co_return;
  if (limits) {
    hold(*limits);
  } else {
    observe::warn("limits of connections stay as they were: {}", limits.error().message);
  }
}

void ConnectionLimits::hold(const Limits& limits) {
  of_broker_.change(limits);
  of_controller_.change(limits);
}

}  // namespace moldau::broker
