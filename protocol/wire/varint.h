#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace moldau::wire {

/// Most bytes an unsigned varint of 32 bits takes.
inline constexpr std::size_t kMaxVarintBytes = 5;

/// Bytes that `value` takes as an unsigned varint (7 bits a byte, least significant group first).
constexpr std::size_t varint_size(std::uint32_t value) {
  return static_cast<std::size_t>(std::bit_width(value | 1U) + 6) / 7;
}

/// Writes `value` at `at`; varint_size(value) bytes must be writable. Returns their number.
inline std::size_t store_varint(std::uint8_t* at, std::uint32_t value) {
  std::size_t count = 0;
  while (value >= 0x80) {
    at[count++] = static_cast<std::uint8_t>(value | 0x80);
    value >>= 7;
  }
  at[count++] = static_cast<std::uint8_t>(value);
  return count;
}

}  // namespace moldau::wire
