#include "protocol/generator/names.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace moldau::generator {
namespace {

constexpr std::array<std::string_view, 14> kKeywords = {
    "class",    "const",   "default", "delete",   "enum",   "export",   "namespace",
    "operator", "private", "public",  "register", "static", "template", "virtual"};

bool is_upper(char c) {
  return std::isupper(static_cast<unsigned char>(c)) != 0;
}
char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}
char upper(char c) {
  return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
}

}  // namespace

std::string snake_case(std::string_view pascal_case) {
  std::string text;
  for (std::size_t i = 0; i < pascal_case.size(); ++i) {
    const bool begins_word =
        i > 0 && is_upper(pascal_case[i]) &&
        (!is_upper(pascal_case[i - 1]) || (i + 1 < pascal_case.size() && !is_upper(pascal_case[i + 1])));
    if (begins_word) text += '_';
    text += lower(pascal_case[i]);
  }
  if (std::ranges::find(kKeywords, text) != kKeywords.end()) text += '_';
  return text;
}

std::string json_name(std::string_view pascal_case) {
  std::string text(pascal_case);
  text.front() = lower(text.front());
  return text;
}

std::string type_name(std::string_view name) {
  std::string text(name);
  text.front() = upper(text.front());
  return text;
}

}  // namespace moldau::generator
