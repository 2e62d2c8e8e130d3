#include "config/address.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "config/java_number.h"

namespace moldau::config {
namespace {

constexpr std::int64_t kMaxPort = 65535;

bool is_host_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '%' ||
         c == '.' || c == '_' || c == ':';
}

std::unexpected<Error> bad_voter(std::string_view part, std::string_view entry) {
  return fail(ErrorCode::kInvalidConfig, "Failed to parse host " + std::string(part) + " from entry " +
                                             std::string(entry) +
                                             " for the configuration controller.quorum.voters. Each entry "
                                             "should be in the form `{id}@{host}:{port}`.");
}

}  // namespace

bool is_valid_host(std::string_view host) {
  return std::ranges::all_of(host, is_host_character);
}

std::optional<HostPort> parse_host_port(std::string_view text) {
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
    const std::string_view name = text.substr(0, scheme);
    if (!is_valid_host(name) || name.find(':') != std::string_view::npos) return std::nullopt;
    text.remove_prefix(scheme + 3);
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view digits = text.substr(colon + 1);
  if (digits.empty() || digits.front() < '0' || digits.front() > '9') return std::nullopt;
  const auto port = parse_integer(digits, 0, kMaxPort);
  if (!port) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[')) host.remove_prefix(1);
  if (host.ends_with(']')) host.remove_suffix(1);
  if (!is_valid_host(host)) return std::nullopt;
  return HostPort{std::string(host), static_cast<std::int32_t>(*port)};
}

Result<std::map<std::int32_t, HostPort>> parse_quorum_voters(std::span<const std::string> entries) {
  std::map<std::int32_t, HostPort> voters;
  for (const std::string& entry : entries) {
    const std::size_t at = entry.find('@');
    if (at == std::string::npos || entry.find('@', at + 1) != std::string::npos || at + 1 == entry.size()) {
      return fail(
          ErrorCode::kInvalidConfig,
          "Invalid configuration value for controller.quorum.voters. Each entry should be in the form "
          "`{id}@{host}:{port}`.");
    }
    const std::string id_text = entry.substr(0, at);
    const auto id = parse_integer<std::int32_t>(id_text);
    if (!id) {
      return fail(ErrorCode::kInvalidConfig, "Failed to parse voter ID as an integer from " + id_text);
    }
    const auto address = parse_host_port(std::string_view(entry).substr(at + 1));
    if (!address) return bad_voter("name", entry);
    voters[*id] = *address;
  }
  return voters;
}

Result<HostPort> parse_bootstrap_server(const std::string& entry) {
  auto address = parse_host_port(entry);
  if (!address) {
    return fail(ErrorCode::kInvalidConfig,
                "Failed to parse host name from " + entry +
                    " for the configuration controller.quorum.bootstrap.servers. Each entry should be in the "
                    "form \"{host}:{port}\"");
  }
  return *std::move(address);
}

}  // namespace moldau::config
