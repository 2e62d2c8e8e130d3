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

/// Whether Java's trim() leaves nothing of it.
inline bool is_blank(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
}

}  // namespace moldau
