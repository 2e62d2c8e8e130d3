#include "config/listeners.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <utility>

#include "config/address.h"
#include "config/java_number.h"

namespace moldau::config {
namespace {

constexpr std::array<std::string_view, 4> kProtocolNames = {"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"};

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return result;
}

std::string shown(std::span<const std::string> entries) {
  std::string text = "[";
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i > 0) text.append(", ");
    text.append(entries[i]);
  }
  return text + "]";
}

/// The reason why `entry` is no endpoint, or the endpoint.
std::expected<Endpoint, std::string> parse_endpoint(std::string_view entry, const ProtocolMap& protocols) {
  const std::string unparsable = "Unable to parse " + std::string(entry) + " to a broker endpoint";
  const std::size_t separator = entry.rfind("://");
  const std::size_t colon = entry.rfind(':');
  if (separator == std::string_view::npos || colon < separator + 3) return std::unexpected(unparsable);
  std::string_view host = entry.substr(separator + 3, colon - separator - 3);
  if (host.starts_with('[')) host.remove_prefix(1);
  if (host.ends_with(']')) host.remove_suffix(1);
  const std::string_view digits = entry.substr(colon + 1);
  const auto port = parse_integer(digits, 0, std::numeric_limits<std::uint16_t>::max());
  if (!is_valid_host(host) || digits.starts_with('+') || !port) return std::unexpected(unparsable);
  auto name = normalised_listener(entry.substr(0, separator));
  if (!name) return std::unexpected(name.error().message);
  const auto protocol = protocols.find(*name);
  if (protocol == protocols.end()) {
    return std::unexpected("No security protocol defined for listener " + *name);
  }
  return Endpoint{*std::move(name), protocol->second, std::string(host), static_cast<std::int32_t>(*port)};
}

bool is_ipv4(std::string_view host) {
  int parts = 0;
  while (true) {
    const std::size_t dot = host.find('.');
    if (!parse_integer(host.substr(0, dot), 0, 255)) return false;
    ++parts;
    if (dot == std::string_view::npos) return parts == 4;
    host.remove_prefix(dot + 1);
  }
}

bool is_ipv6(std::string_view host) {
  return std::ranges::count(host, ':') >= 2;
}

/// Empty when the endpoints of one port may live together, else the reason.
std::string port_conflict(const std::vector<Endpoint>& same_port, const std::string& listeners) {
  std::vector<const Endpoint*> addresses;
  for (const Endpoint& endpoint : same_port) {
    if (is_ipv4(endpoint.host) || is_ipv6(endpoint.host)) addresses.push_back(&endpoint);
  }
  const std::size_t names = same_port.size() - addresses.size();
  if (names > 1) return "Each listener must have a different port, listeners: " + listeners;
  if (addresses.empty()) return {};
  const std::string where = listeners + ", port: " + std::to_string(same_port.front().port);
  if (addresses.size() != 2) {
    return "Each listener must have a different port unless exactly one listener has an IPv4 address and the "
           "other IPv6 address, listeners: " +
           where;
  }
  if (is_ipv4(addresses[0]->host) == is_ipv4(addresses[1]->host) || names > 0) {
    return "If you have two listeners on the same port then one needs to be IPv4 and the other IPv6, "
           "listeners: " +
           where;
  }
  return {};
}

std::string conflict(const std::vector<Endpoint>& endpoints, const std::string& listeners,
                     bool distinct_ports) {
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (endpoints[i].listener == endpoints[j].listener) {
        return "Each listener must have a different name, listeners: " + listeners;
      }
    }
  }
  if (!distinct_ports) return {};
  std::map<std::int32_t, std::vector<Endpoint>> by_port;
  for (const Endpoint& endpoint : endpoints) {
    if (endpoint.port != 0) by_port[endpoint.port].push_back(endpoint);
  }
  for (const auto& [port, same_port] : by_port) {
    if (same_port.size() < 2) continue;
    if (std::string reason = port_conflict(same_port, listeners); !reason.empty()) return reason;
  }
  return {};
}

}  // namespace

std::string_view protocol_name(SecurityProtocol protocol) {
  return kProtocolNames.at(static_cast<std::size_t>(protocol));
}

std::optional<SecurityProtocol> parse_protocol(std::string_view name) {
  const auto found = std::ranges::find(kProtocolNames, upper(name));
  if (found == kProtocolNames.end()) return std::nullopt;
  return static_cast<SecurityProtocol>(found - kProtocolNames.begin());
}

Result<std::string> normalised_listener(std::string_view name) {
  if (trim(name).empty()) {
    return fail(ErrorCode::kInvalidConfig, "The provided listener name is null or empty string");
  }
  return upper(name);
}

Result<ProtocolMap> parse_protocol_map(std::string_view text) {
  ProtocolMap protocols;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view pair = trim(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    const std::size_t colon = pair.rfind(':');
    if (colon == std::string_view::npos) {
      return fail(ErrorCode::kInvalidConfig,
                  "Error parsing configuration property 'listener.security.protocol.map': '" +
                      std::string(pair) + "' is not of the form LISTENER:PROTOCOL");
    }
    auto name = normalised_listener(trim(pair.substr(0, colon)));
    if (!name) return fail(std::move(name).error());
    const std::string_view protocol_text = trim(pair.substr(colon + 1));
    const auto protocol = parse_protocol(protocol_text);
    if (!protocol) {
      return fail(ErrorCode::kInvalidConfig, "Invalid security protocol `" + std::string(protocol_text) +
                                                 "` defined in listener.security.protocol.map");
    }
    protocols.insert_or_assign(*std::move(name), *protocol);
  }
  return protocols;
}

Result<std::vector<Endpoint>> parse_endpoints(std::span<const std::string> entries,
                                              const ProtocolMap& protocols, bool distinct_ports) {
  std::vector<Endpoint> endpoints;
  std::string reason;
  for (const std::string& entry : entries) {
    auto endpoint = parse_endpoint(entry, protocols);
    if (!endpoint) {
      reason = std::move(endpoint).error();
      break;
    }
    endpoints.push_back(*std::move(endpoint));
  }
  if (reason.empty()) reason = conflict(endpoints, shown(entries), distinct_ports);
  if (reason.empty()) return endpoints;
  return fail(ErrorCode::kInvalidConfig,
              "Error creating broker listeners from '" + shown(entries) + "': " + reason);
}

}  // namespace moldau::config
