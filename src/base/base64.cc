#include "base/base64.h"

#include <cstddef>
#include <cstdint>

namespace moldau {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kQuantum = 4;

}  // namespace

std::string encode_base64(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * kQuantum);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    const std::uint32_t group = (std::uint32_t{bytes[i]} << 16) |
                                (left > 1 ? std::uint32_t{bytes[i + 1]} << 8 : 0U) |
                                (left > 2 ? std::uint32_t{bytes[i + 2]} : 0U);
    text += kAlphabet[group >> 18];
    text += kAlphabet[(group >> 12) & 0x3F];
    text += left > 1 ? kAlphabet[(group >> 6) & 0x3F] : '=';
    text += left > 2 ? kAlphabet[group & 0x3F] : '=';
  }
  return text;
}

std::optional<Bytes> decode_base64(std::string_view text) {
  std::string_view digits = text;
  while (digits.ends_with('=')) {
    digits.remove_suffix(1);
  }
  const std::size_t padding = text.size() - digits.size();
  const std::size_t rest = digits.size() % kQuantum;
  if (rest == 1 || (padding > 0 && (rest == 0 || rest + padding != kQuantum))) return std::nullopt;
  Bytes bytes;
  bytes.reserve(digits.size() / kQuantum * 3 + 2);
  std::uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : digits) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    bit_count += 6;
    if (bit_count < 8) continue;
    bit_count -= 8;
    bytes.push_back(static_cast<std::uint8_t>(bits >> bit_count));
  }
  return bytes;
}

}  // namespace moldau
