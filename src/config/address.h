#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace moldau::config {

/// A host (name, IPv4 or IPv6 without brackets) and a port; not resolved.
struct HostPort {
  std::string host;
  std::int32_t port = 0;

  bool operator==(const HostPort&) const = default;
};

/// Only digits, letters and "-%._:", as Apache Kafka allows in hosts; an empty text passes.
bool is_valid_host(std::string_view host);

/// Reads "[scheme://]host:port" with optional brackets around the host; nullopt when the form is another.
/// Ports above 65535 do not parse.
std::optional<HostPort> parse_host_port(std::string_view text);

/// Reads the entries "id@host:port" of controller.quorum.voters; a repeated id keeps its last entry.
/// kInvalidConfig with Apache's text otherwise.
Result<std::map<std::int32_t, HostPort>> parse_quorum_voters(std::span<const std::string> entries);

/// Reads one "host:port" of controller.quorum.bootstrap.servers. kInvalidConfig with Apache's text otherwise.
Result<HostPort> parse_bootstrap_server(const std::string& entry);

}  // namespace moldau::config
