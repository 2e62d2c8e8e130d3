#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace moldau::records {

/// The longest zig-zag varint (32 bits) and varlong (64 bits) in bytes.
inline constexpr std::size_t kMaxVarintSize = 5;
inline constexpr std::size_t kMaxVarlongSize = 10;

/// Small numbers of either sign as small unsigned numbers: 0, -1, 1, -2 become 0, 1, 2, 3.
template <std::signed_integral T>
constexpr std::make_unsigned_t<T> zigzag(T value) {
  using U = std::make_unsigned_t<T>;
  return static_cast<U>((static_cast<U>(value) << 1) ^ static_cast<U>(value >> (sizeof(T) * 8 - 1)));
}

/// The inverse of zigzag.
template <std::unsigned_integral U>
constexpr std::make_signed_t<U> unzigzag(U raw) {
  return static_cast<std::make_signed_t<U>>((raw >> 1) ^ (U{0} - (raw & 1)));
}

/// Bytes that `value` takes as a zig-zag varint (T of 32 bits) or varlong (64 bits).
template <std::signed_integral T>
constexpr std::size_t varint_size(T value) {
  return (static_cast<std::size_t>(std::bit_width(zigzag(value) | 1)) + 6) / 7;
}

/// Writes `value` as a zig-zag varint or varlong at `to`, where varint_size(value) bytes are writable.
/// Returns the position behind it.
template <std::signed_integral T>
inline std::uint8_t* write_varint(std::uint8_t* to, T value) {
  auto raw = zigzag(value);
  while (raw >= 0x80) {
    *to++ = static_cast<std::uint8_t>(raw | 0x80);
    raw >>= 7;
  }
  *to++ = static_cast<std::uint8_t>(raw);
  return to;
}

}  // namespace moldau::records
