#include "log/file_names.h"

#include <charconv>

namespace moldau::log {

std::string offset_file_name(std::int64_t offset, std::string_view suffix) {
  constexpr std::size_t kDigits = 20;
  const std::string digits = std::to_string(offset);
  std::string name(kDigits - digits.size(), '0');
  name += digits;
  name += suffix;
  return name;
}

std::optional<std::int64_t> offset_of_file_name(std::string_view name) {
  const auto offset = parse_decimal(name.substr(0, name.find('.')));
  if (!offset || *offset < 0) return std::nullopt;
  return offset;
}

std::optional<std::int64_t> parse_decimal(std::string_view text) {
  std::int64_t value = 0;
  const auto [stopped, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || stopped != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace moldau::log
