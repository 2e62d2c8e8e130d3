#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace moldau::config {

/// The protocol's numbers of security protocols.
enum class SecurityProtocol : std::int16_t { kPlaintext = 0, kSsl = 1, kSaslPlaintext = 2, kSaslSsl = 3 };

/// "PLAINTEXT", "SSL", "SASL_PLAINTEXT" or "SASL_SSL". Static storage.
std::string_view protocol_name(SecurityProtocol protocol);

/// Reads a protocol's name in any case; nullopt when there is none of that name.
std::optional<SecurityProtocol> parse_protocol(std::string_view name);

/// Protocols by listener name, names in upper case.
using ProtocolMap = std::map<std::string, SecurityProtocol, std::less<>>;

/// A listener, or the address under which it is advertised.
struct Endpoint {
  std::string listener;  ///< upper case
  SecurityProtocol protocol = SecurityProtocol::kPlaintext;
  std::string host;  ///< without brackets; empty for all interfaces, or for this machine's name if advertised
  std::int32_t port = 0;

  bool operator==(const Endpoint&) const = default;
};

/// A listener's name as it is compared: upper case. kInvalidConfig when blank.
Result<std::string> normalised_listener(std::string_view name);

/// Reads "LISTENER:PROTOCOL,..." of listener.security.protocol.map.
Result<ProtocolMap> parse_protocol_map(std::string_view text);

/// Reads "NAME://host:port" entries. Names differ; with `distinct_ports` ports do too, except 0 and the pair
/// of one IPv4 and one IPv6 address. kInvalidConfig with Apache's text otherwise.
Result<std::vector<Endpoint>> parse_endpoints(std::span<const std::string> entries,
                                              const ProtocolMap& protocols, bool distinct_ports);

}  // namespace moldau::config
