#include "base/uuid.h"

#include <optional>

namespace moldau {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kTextLength = 22;

using Octets = std::array<std::uint8_t, 16>;

Octets octets_of(const Uuid& id) {
  Octets octets{};
  for (std::size_t i = 0; i < 8; ++i) {
    octets[i] = static_cast<std::uint8_t>(id.most_significant() >> (56 - 8 * i));
    octets[8 + i] = static_cast<std::uint8_t>(id.least_significant() >> (56 - 8 * i));
  }
  return octets;
}

std::optional<std::uint32_t> value_of(char c) {
  const auto at = kAlphabet.find(c);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint32_t>(at);
}

}  // namespace

std::string Uuid::to_string() const {
  const Octets octets = octets_of(*this);
  std::string text;
  text.reserve(kTextLength);
  std::uint32_t bits = 0;
  int bit_count = 0;
  for (const std::uint8_t octet : octets) {
    bits = (bits << 8) | octet;
    bit_count += 8;
    while (bit_count >= 6) {
      bit_count -= 6;
      text.push_back(kAlphabet[(bits >> bit_count) & 0x3F]);
    }
  }
  text.push_back(kAlphabet[(bits << (6 - bit_count)) & 0x3F]);
  return text;
}

std::string Uuid::to_hex() const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(32);
  for (const std::uint8_t octet : octets_of(*this)) {
    text.push_back(kDigits[octet >> 4]);
    text.push_back(kDigits[octet & 0x0F]);
  }
  return text;
}

Result<Uuid> Uuid::parse(std::string_view text) {
  std::string_view digits = text;
  while (digits.ends_with('=')) {
    digits.remove_suffix(1);
  }
  if (digits.size() != kTextLength) {
    return fail(ErrorCode::kInvalidRequest, "a uuid has 22 characters of base64: " + std::string(text));
  }
  Octets octets{};
  std::size_t filled = 0;
  std::uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : digits) {
    const auto value = value_of(c);
    if (!value) return fail(ErrorCode::kInvalidRequest, "not base64url: " + std::string(text));
    bits = (bits << 6) | *value;
    bit_count += 6;
    if (bit_count >= 8 && filled < octets.size()) {
      bit_count -= 8;
      octets[filled++] = static_cast<std::uint8_t>(bits >> bit_count);
    }
  }
  std::uint64_t most = 0;
  std::uint64_t least = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    most = (most << 8) | octets[i];
    least = (least << 8) | octets[8 + i];
  }
  return Uuid(most, least);
}

}  // namespace moldau
