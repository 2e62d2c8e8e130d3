#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace moldau {

/// The pieces of `text` between separators, as Java's String.split gives them: empty ones at the end do not
/// count, but a text without a separator is one piece, even if it is empty. Views into `text`.
inline std::vector<std::string_view> java_split(std::string_view text, char separator) {
  if (!text.contains(separator)) return {text};
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  while (!parts.empty() && parts.back().empty())
    parts.pop_back();
  return parts;
}

}  // namespace moldau
