#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/uuid.h"

namespace moldau::coordinator {

/// java.lang.String.compareTo of two UTF-8 texts: by UTF-16 code units. That is the order of the bytes,
/// except that what lies above U+FFFF comes before U+E000 to U+FFFF, as its first unit is a surrogate.
inline bool is_before_in_java(std::string_view one, std::string_view other) {
  const auto [a, b] = std::ranges::mismatch(one, other);
  if (a == one.end() || b == other.end()) return b != other.end();
  constexpr std::uint8_t kLeadOfUE000 = 0xEE;
  constexpr std::uint8_t kLeadAboveUFfff = 0xF0;
  const auto first = static_cast<std::uint8_t>(*a);
  const auto second = static_cast<std::uint8_t>(*b);
  const bool is_above = first >= kLeadAboveUFfff;
  if (first >= kLeadOfUE000 && second >= kLeadOfUE000 && is_above != (second >= kLeadAboveUFfff))
    return is_above;
  return first < second;
}

/// Sorts texts as Java does.
struct JavaTextLess {
  using is_transparent = void;  // NOLINT(readability-identifier-naming): the library's name.
  bool operator()(std::string_view one, std::string_view other) const {
    return is_before_in_java(one, other);
  }
};

/// compareTo of Apache Kafka's Uuid: both halves are signed.
inline bool is_before_in_java(const Uuid& one, const Uuid& other) {
  const auto signed_of = [](std::uint64_t half) { return static_cast<std::int64_t>(half); };
  if (one.most_significant() != other.most_significant()) {
    return signed_of(one.most_significant()) < signed_of(other.most_significant());
  }
  return signed_of(one.least_significant()) < signed_of(other.least_significant());
}

}  // namespace moldau::coordinator
