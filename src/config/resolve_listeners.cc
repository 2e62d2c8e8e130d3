#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "config/java_number.h"
#include "config/resolve.h"

namespace moldau::config {
namespace {

constexpr std::string_view kWildcardIpv4 = "0.0.0.0";

StringList list_of(const BrokerConfig& config, std::string_view name) {
  const auto* list = std::get_if<StringList>(&config.value(name));
  return list == nullptr ? StringList{} : *list;
}

bool is_null(const BrokerConfig& config, std::string_view name) {
  return std::holds_alternative<std::monostate>(config.value(name));
}

bool needs_security(std::string_view listener) {
  constexpr std::array<std::string_view, 3> kSecure = {"SSL", "SASL_SSL", "SASL_PLAINTEXT"};
  return std::ranges::find(kSecure, listener) != kSecure.end();
}

/// Without a map of the operator's own, controller listeners speak PLAINTEXT unless any listener is secure.
Result<ProtocolMap> effective_protocols(const BrokerConfig& config, const StringList& listeners) {
  constexpr std::string_view kMapName = "listener.security.protocol.map";
  auto protocols = parse_protocol_map(std::get<std::string>(config.value(kMapName)));
  if (!protocols || config.originals().contains(kMapName)) return protocols;
  const StringList& controllers = config.listeners.controller_names;
  if (std::ranges::any_of(controllers, needs_security)) return protocols;
  for (const std::string& entry : listeners) {
    const std::size_t colon = entry.find(':');
    if (colon == std::string::npos) {
      return fail(ErrorCode::kInvalidConfig, "Unable to parse a listener name from " + entry);
    }
    auto name = normalised_listener(entry.substr(0, colon));
    if (name && needs_security(*name)) return protocols;
  }
  for (const std::string& name : controllers) {
    if (name != "PLAINTEXT") protocols->insert_or_assign(name, SecurityProtocol::kPlaintext);
  }
  return protocols;
}

const Endpoint* find_listener(const std::vector<Endpoint>& endpoints, std::string_view name) {
  const auto wanted = normalised_listener(name);
  const auto found = std::ranges::find(endpoints, wanted.value_or(std::string{}), &Endpoint::listener);
  return found == endpoints.end() ? nullptr : &*found;
}

/// The advertised address, else the listener's own; the voters' list knows the first one's better when it
/// listens everywhere.
std::vector<Endpoint> advertised_controllers(const BrokerConfig& config,
                                             const std::vector<Endpoint>& advertised) {
  std::vector<Endpoint> result;
  const ListenerSection& listeners = config.listeners;
  for (std::size_t i = 0; i < listeners.controller_names.size(); ++i) {
    const std::string& name = listeners.controller_names[i];
    if (const Endpoint* given = find_listener(advertised, name)) {
      result.push_back(*given);
      continue;
    }
    const Endpoint* own = find_listener(listeners.all, name);
    if (own == nullptr) continue;
    Endpoint endpoint = *own;
    if (endpoint.host == kWildcardIpv4) endpoint.host.clear();
    const auto voter = config.quorum.voters.find(config.node.node_id);
    if (i == 0 && endpoint.host.empty() && voter != config.quorum.voters.end()) {
      endpoint.host = voter->second.host;
      endpoint.port = voter->second.port;
    }
    result.push_back(std::move(endpoint));
  }
  return result;
}

Result<void> resolve_inter_broker(BrokerConfig& config) {
  ListenerSection& listeners = config.listeners;
  if (!is_null(config, "inter.broker.listener.name")) {
    const auto& text = std::get<std::string>(config.value("inter.broker.listener.name"));
    if (config.originals().contains("security.inter.broker.protocol")) {
      return fail(ErrorCode::kInvalidConfig,
                  "Only one of inter.broker.listener.name and security.inter.broker.protocol should be set.");
    }
    auto name = normalised_listener(text);
    if (!name) return fail(std::move(name).error());
    const auto protocol = listeners.protocols.find(*name);
    if (protocol == listeners.protocols.end()) {
      return fail(ErrorCode::kInvalidConfig, "Listener with name " + *name +
                                                 " defined in inter.broker.listener.name not found in "
                                                 "listener.security.protocol.map.");
    }
    listeners.inter_broker_name = *std::move(name);
    listeners.inter_broker_protocol = protocol->second;
    return {};
  }
  const auto& text = std::get<std::string>(config.value("security.inter.broker.protocol"));
  const auto protocol = parse_protocol(text);
  if (!protocol) {
    return fail(ErrorCode::kInvalidConfig,
                "Invalid security protocol `" + text + "` defined in security.inter.broker.protocol");
  }
  listeners.inter_broker_protocol = *protocol;
  listeners.inter_broker_name = protocol_name(*protocol);
  return {};
}

Result<void> resolve_early_start(BrokerConfig& config) {
  ListenerSection& listeners = config.listeners;
  if (is_null(config, "early.start.listeners")) {
    for (const Endpoint& endpoint : listeners.all) {
      if (listeners.is_controller(endpoint.listener)) listeners.early_start.push_back(endpoint.listener);
    }
    return {};
  }
  for (const std::string& entry : list_of(config, "early.start.listeners")) {
    const std::string name(trim(entry));
    if (name.empty()) continue;
    if (std::ranges::find(listeners.all, name, &Endpoint::listener) == listeners.all.end()) {
      return fail(ErrorCode::kInvalidConfig,
                  "early.start.listeners contains listener " + name +
                      ", but this is not contained in listeners or controller.listener.names");
    }
    listeners.early_start.push_back(name);
  }
  return {};
}

Result<void> resolve_connection_overrides(BrokerConfig& config) {
  constexpr std::string_view kName = "max.connections.per.ip.overrides";
  std::string_view rest = std::get<std::string>(config.value(kName));
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view pair = trim(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    const std::size_t colon = pair.rfind(':');
    const auto count = colon == std::string_view::npos
                           ? std::nullopt
                           : parse_integer<std::int32_t>(trim(pair.substr(colon + 1)));
    if (!count) {
      // The words are those of Java's own errors, which Apache Kafka passes on.
      std::string why = "begin 0, end -1, length " + std::to_string(pair.size());
      if (colon != std::string_view::npos) {
        why = "For input string: \"" + std::string(trim(pair.substr(colon + 1))) + '"';
      }
      return fail(ErrorCode::kInvalidConfig,
                  "Error parsing configuration property '" + std::string(kName) + "': " + why);
    }
    const std::string host(trim(pair.substr(0, colon)));
    if (!is_valid_host(host)) {
      return fail(ErrorCode::kInvalidConfig, std::string(kName) + " contains invalid addresses : " + host);
    }
    config.network.max_connections_per_ip_overrides[host] = static_cast<std::int32_t>(*count);
  }
  return {};
}

Result<void> resolve_endpoints(BrokerConfig& config) {
  ListenerSection& listeners = config.listeners;
  const StringList entries = list_of(config, "listeners");
  auto protocols = effective_protocols(config, entries);
  if (!protocols) return fail(std::move(protocols).error());
  listeners.protocols = *std::move(protocols);
  auto all = parse_endpoints(entries, listeners.protocols, true);
  if (!all) return fail(std::move(all).error());
  listeners.all = *std::move(all);
  std::vector<Endpoint> advertised = listeners.all;
  const bool is_advertised = !is_null(config, "advertised.listeners");
  if (is_advertised) {
    auto given = parse_endpoints(list_of(config, "advertised.listeners"), listeners.protocols, false);
    if (!given) return fail(std::move(given).error());
    advertised = *std::move(given);
  }
  for (const Endpoint& endpoint : advertised) {
    if (!listeners.is_controller(endpoint.listener)) listeners.advertised_broker.push_back(endpoint);
  }
  if (!is_advertised) advertised.clear();
  std::erase_if(advertised, [&](const Endpoint& e) { return !listeners.is_controller(e.listener); });
  listeners.advertised_controller = advertised_controllers(config, advertised);
  return {};
}

}  // namespace

bool ListenerSection::is_controller(std::string_view listener) const {
  return std::ranges::find(controller_names, listener) != controller_names.end();
}

Result<void> resolve_listeners(BrokerConfig& config) {
  config.listeners.controller_names = list_of(config, "controller.listener.names");
  auto voters = parse_quorum_voters(list_of(config, "controller.quorum.voters"));
  if (!voters) return fail(std::move(voters).error());
  config.quorum.voters = *std::move(voters);
  for (const std::string& entry : list_of(config, "controller.quorum.bootstrap.servers")) {
    auto server = parse_bootstrap_server(entry);
    if (!server) return fail(std::move(server).error());
    config.quorum.bootstrap_servers.push_back(*std::move(server));
  }
  if (auto resolved = resolve_endpoints(config); !resolved) return resolved;
  if (auto resolved = resolve_inter_broker(config); !resolved) return resolved;
  if (auto resolved = resolve_early_start(config); !resolved) return resolved;
  return resolve_connection_overrides(config);
}

}  // namespace moldau::config
