#pragma once

#include <algorithm>
#include <string_view>

namespace moldau {

/// Whether `text` is `lower`, which has no upper-case letters, but for the case of ASCII letters.
inline bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

}  // namespace moldau
