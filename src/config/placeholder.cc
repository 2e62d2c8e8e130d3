#include "config/placeholder.h"

namespace moldau::config {

std::optional<Placeholder> find_placeholder(std::string_view text, std::size_t from) {
  while (true) {
    const std::size_t begin = text.find("${", from);
    if (begin == std::string_view::npos) return std::nullopt;
    const std::size_t close = text.find('}', begin);
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view inside = text.substr(begin + 2, close - begin - 2);
    const std::size_t first = inside.find(':');
    if (first == std::string_view::npos) {
      from = close + 1;
      continue;
    }
    Placeholder found{.begin = begin,
                      .end = close + 1,
                      .provider = inside.substr(0, first),
                      .path = {},
                      .key = inside.substr(first + 1)};
    if (const std::size_t second = found.key.find(':'); second != std::string_view::npos) {
      found.path = found.key.substr(0, second);
      found.key = found.key.substr(second + 1);
    }
    return found;
  }
}

}  // namespace moldau::config
