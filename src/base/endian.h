#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>

namespace moldau {

/// Reads a big-endian integer at `at`; sizeof(T) bytes must be readable there. No alignment needed.
template <std::integral T>
inline T load_big_endian(const std::uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  if constexpr (sizeof(T) > 1 && std::endian::native == std::endian::little) {
    value = std::byteswap(value);
  }
  return value;
}

/// Writes `value` big-endian at `at`; sizeof(T) bytes must be writable there. No alignment needed.
template <std::integral T>
inline void store_big_endian(std::uint8_t* at, T value) {
  if constexpr (sizeof(T) > 1 && std::endian::native == std::endian::little) {
    value = std::byteswap(value);
  }
  std::memcpy(at, &value, sizeof(T));
}

}  // namespace moldau
