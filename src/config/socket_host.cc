#include "config/socket_host.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/split.h"

namespace moldau::config {
namespace {

using Ipv4 = std::array<std::uint8_t, 4>;
using Ipv6 = std::array<std::uint16_t, 8>;

std::optional<std::uint32_t> parse_number(std::string_view text, int base, std::uint32_t most) {
  std::uint32_t value = 0;
  const auto [stopped, fault] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  const bool is_whole = stopped == text.data() + text.size();
  if (text.empty() || fault != std::errc{} || !is_whole || value > most) return std::nullopt;
  return value;
}

/// One to four decimal numbers; the last one fills the bytes that are left.
std::optional<Ipv4> parse_ipv4(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() > 4) return std::nullopt;
  std::uint32_t address = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool is_last = i + 1 == parts.size();
    const std::size_t bytes = is_last ? 4 - i : 1;
    const auto most = static_cast<std::uint32_t>((std::uint64_t{1} << (8 * bytes)) - 1);
    const auto number = parse_number(parts[i], 10, most);
    if (!number) return std::nullopt;
    address |= *number << (8 * (4 - i - bytes));
  }
  return Ipv4{static_cast<std::uint8_t>(address >> 24), static_cast<std::uint8_t>(address >> 16),
              static_cast<std::uint8_t>(address >> 8), static_cast<std::uint8_t>(address)};
}

std::string text_of(const Ipv4& address) {
  std::string text;
  for (const std::uint8_t byte : address) {
    if (!text.empty()) text += '.';
    text += std::to_string(byte);
  }
  return text;
}

/// Groups of four hexadecimal digits between colons, the last two of them also as an IPv4 address.
std::optional<std::vector<std::uint16_t>> parse_groups(std::string_view text) {
  std::vector<std::uint16_t> groups;
  if (text.empty()) return groups;
  const auto parts = split(text, ':');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].find('.') != std::string_view::npos) {
      const auto tail = parse_ipv4(parts[i]);
      if (!tail || i + 1 != parts.size() || split(parts[i], '.').size() != 4) return std::nullopt;
      groups.push_back(static_cast<std::uint16_t>(((*tail)[0] << 8) | (*tail)[1]));
      groups.push_back(static_cast<std::uint16_t>(((*tail)[2] << 8) | (*tail)[3]));
      return groups;
    }
    const auto group = parse_number(parts[i], 16, 0xFFFF);
    if (!group) return std::nullopt;
    groups.push_back(static_cast<std::uint16_t>(*group));
  }
  return groups;
}

std::optional<Ipv6> parse_ipv6(std::string_view text) {
  const std::size_t gap = text.find("::");
  const auto head = parse_groups(text.substr(0, gap));
  const bool has_gap = gap != std::string_view::npos;
  const auto tail = parse_groups(has_gap ? text.substr(gap + 2) : std::string_view());
  if (!head || !tail) return std::nullopt;
  Ipv6 groups{};
  const std::size_t given = head->size() + tail->size();
  if (has_gap ? given >= groups.size() : given != groups.size()) return std::nullopt;
  for (std::size_t i = 0; i < head->size(); ++i) {
    groups[i] = (*head)[i];
  }
  for (std::size_t i = 0; i < tail->size(); ++i) {
    groups[groups.size() - tail->size() + i] = (*tail)[i];
  }
  return groups;
}

std::string text_of(const Ipv6& address) {
  constexpr std::uint16_t kMapped = 0xFFFF;
  bool is_mapped = address[5] == kMapped;
  for (std::size_t i = 0; i < 5; ++i) {
    is_mapped = is_mapped && address[i] == 0;
  }
  if (is_mapped) {
    return text_of(Ipv4{static_cast<std::uint8_t>(address[6] >> 8), static_cast<std::uint8_t>(address[6]),
                        static_cast<std::uint8_t>(address[7] >> 8), static_cast<std::uint8_t>(address[7])});
  }
  std::string text;
  for (const std::uint16_t group : address) {
    if (!text.empty()) text += ':';
    std::array<char, 4> digits{};
    text.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), group, 16).ptr);
  }
  return text;
}

}  // namespace

std::string socket_host(std::string_view host) {
  if (host.empty()) return "localhost";
  if (host.find(':') != std::string_view::npos) {
    const auto address = parse_ipv6(host);
    return address ? text_of(*address) : std::string(host);
  }
  const auto address = parse_ipv4(host);
  return address ? text_of(*address) : std::string(host);
}

}  // namespace moldau::config
