#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace moldau::testing {

/// FNV-1a of 64 bits, in hexadecimal.
inline std::string fnv_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char character : text)
    hash = (hash ^ static_cast<std::uint8_t>(character)) * 0x100000001B3ULL;
  std::string digits(16, '0');
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, hash >>= 4)
    *digit = "0123456789abcdef"[hash & 15U];
  return digits;
}

}  // namespace moldau::testing
