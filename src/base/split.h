#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace moldau {

/// All pieces of `text` between separators, empty ones too. Views into `text`.
inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// The same as Java's String.split gives them: empty pieces at the end do not count, but a text without a
/// separator is one piece, even if it is empty.
inline std::vector<std::string_view> java_split(std::string_view text, char separator) {
  std::vector<std::string_view> parts = split(text, separator);
  if (parts.size() == 1) return parts;
  while (!parts.empty() && parts.back().empty())
    parts.pop_back();
  return parts;
}

}  // namespace moldau
