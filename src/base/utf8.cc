#include "base/utf8.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace moldau {
namespace {

/// What stands at the beginning of a text: a character, or bytes that Java replaces together.
struct Piece {
  std::size_t size_bytes = 1;
  bool is_character = false;
};

constexpr bool is_continuation(std::uint8_t byte) {
  return (byte & 0xC0U) == 0x80U;
}

/// Bytes that a character with this first byte has; 0 if no character begins with it.
constexpr std::size_t length_of(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

/// Whether `second` may follow `lead`. Surrogates pass: Java replaces their three bytes together.
constexpr bool may_follow(std::uint8_t lead, std::uint8_t second) {
  if (lead == 0xE0) return second >= 0xA0 && second <= 0xBF;
  if (lead == 0xF0) return second >= 0x90 && second <= 0xBF;
  if (lead == 0xF4) return second >= 0x80 && second <= 0x8F;
  return is_continuation(second);
}

Piece first_piece(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::size_t length = length_of(byte(0));
  if (length == 1) return {.size_bytes = 1, .is_character = true};
  if (length == 0 || text.size() < 2 || !may_follow(byte(0), byte(1))) return {};
  for (std::size_t i = 2; i < length; ++i) {
    if (i == text.size() || !is_continuation(byte(i))) return {.size_bytes = i};
  }
  const bool is_surrogate = byte(0) == 0xED && byte(1) >= 0xA0;
  return {.size_bytes = length, .is_character = !is_surrogate};
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const Piece piece = first_piece(text);
    if (!piece.is_character) return false;
    text.remove_prefix(piece.size_bytes);
  }
  return true;
}

std::string replace_malformed_utf8(std::string_view text) {
  std::string whole;
  whole.reserve(text.size());
  while (!text.empty()) {
    const Piece piece = first_piece(text);
    whole += piece.is_character ? text.substr(0, piece.size_bytes) : "\xEF\xBF\xBD";
    text.remove_prefix(piece.size_bytes);
  }
  return whole;
}

}  // namespace moldau
