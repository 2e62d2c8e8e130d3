#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace moldau::testing {

/// The number that the whole text is, such as a seed on a command line.
inline std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace moldau::testing
