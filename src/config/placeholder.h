#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace moldau::config {

/// A reference "${provider:path:key}" or "${provider:key}" in a value; views into it.
struct Placeholder {
  std::size_t begin = 0;  ///< of the dollar
  std::size_t end = 0;    ///< behind the closing brace
  std::string_view provider;
  std::string_view path;  ///< empty in the short form
  std::string_view key;   ///< may have colons in it

  bool operator==(const Placeholder&) const = default;
};

/// The first one at or behind `from`. There is no nesting: it ends at the first closing brace.
std::optional<Placeholder> find_placeholder(std::string_view text, std::size_t from);

}  // namespace moldau::config
