#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace moldau {

/// Java's String.hashCode of a UTF-8 text: h = 31 h + unit over its UTF-16 code units, wrapping at 32 bits.
/// Kafka places groups and transactions on partitions by it. Bytes that are not UTF-8 count as one unit each.
constexpr std::int32_t java_hash(std::string_view utf8) {
  std::uint32_t hash = 0;
  std::size_t at = 0;
  while (at < utf8.size()) {
    const auto lead = static_cast<std::uint8_t>(utf8[at]);
    const std::size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (length == 1 || at + length > utf8.size()) {
      hash = 31 * hash + lead;
      ++at;
      continue;
    }
    std::uint32_t point = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
      point = (point << 6) | (static_cast<std::uint8_t>(utf8[at + i]) & 0x3FU);
    }
    if (point >= 0x10000) {
      hash = 31 * hash + (0xD800 + ((point - 0x10000) >> 10));
      hash = 31 * hash + (0xDC00 + ((point - 0x10000) & 0x3FFU));
    } else {
      hash = 31 * hash + point;
    }
    at += length;
  }
  return static_cast<std::int32_t>(hash);
}

}  // namespace moldau
