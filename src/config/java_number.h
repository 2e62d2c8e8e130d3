#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace moldau::config {

/// Without blanks and control characters at both ends, as Java's String.trim().
std::string_view trim(std::string_view text);

/// A decimal integer with an optional sign, as Java's parseInt and parseLong read it; nullopt when it is not
/// one or lies outside [min, max].
std::optional<std::int64_t> parse_integer(std::string_view text, std::int64_t min, std::int64_t max);

/// The same within what a T holds.
template <std::signed_integral T>
std::optional<T> parse_integer(std::string_view text) {
  const auto number = parse_integer(text, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
  return number ? std::optional(static_cast<T>(*number)) : std::nullopt;
}

/// A number as Java's Double.parseDouble reads it, without hexadecimal forms; nullopt when it is not one.
std::optional<double> parse_double(std::string_view text);

}  // namespace moldau::config
