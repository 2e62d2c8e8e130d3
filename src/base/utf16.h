#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace moldau {

/// Calls visit(unit) for each UTF-16 unit (std::uint16_t) of a UTF-8 text, the chars of Java's String. Bytes
/// that are not UTF-8 count as one unit each.
template <class Visit>
constexpr void for_each_utf16_unit(std::string_view utf8, Visit visit) {
  std::size_t at = 0;
  while (at < utf8.size()) {
    const auto lead = static_cast<std::uint8_t>(utf8[at]);
    const std::size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (length == 1 || at + length > utf8.size()) {
      visit(static_cast<std::uint16_t>(lead));
      ++at;
      continue;
    }
    std::uint32_t point = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
      point = (point << 6) | (static_cast<std::uint8_t>(utf8[at + i]) & 0x3FU);
    }
    if (point >= 0x10000) {
      visit(static_cast<std::uint16_t>(0xD800 + ((point - 0x10000) >> 10)));
      point = 0xDC00 + ((point - 0x10000) & 0x3FFU);
    }
    visit(static_cast<std::uint16_t>(point));
    at += length;
  }
}

/// Java's String.length of a UTF-8 text.
constexpr std::size_t utf16_length(std::string_view utf8) {
  std::size_t units = 0;
  for_each_utf16_unit(utf8, [&units](std::uint16_t) { ++units; });
  return units;
}

}  // namespace moldau
