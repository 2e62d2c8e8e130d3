#include "config/value.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <utility>

#include "base/ascii.h"
#include "base/java_double.h"
#include "config/java_number.h"

namespace moldau::config {
namespace {

/// Java's \s.
bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Splits at commas together with the blanks around them; empty elements are kept.
StringList split_list(std::string_view text) {
  StringList elements;
  if (text.empty()) return elements;
  std::size_t start = 0;
  while (true) {
    const std::size_t comma = text.find(',', start);
    const bool last = comma == std::string_view::npos;
    std::string_view element = text.substr(start, last ? std::string_view::npos : comma - start);
    if (start > 0) {
      while (!element.empty() && is_space(element.front()))
        element.remove_prefix(1);
    }
    if (!last) {
      while (!element.empty() && is_space(element.back()))
        element.remove_suffix(1);
    }
    elements.emplace_back(element);
    if (last) return elements;
    start = comma + 1;
  }
}

Result<Value> parse_number(const ConfigKey& key, std::string_view text, std::string_view type,
                           std::int64_t min, std::int64_t max) {
  const auto number = parse_integer(trim(text), min, max);
  if (!number) return invalid_value(key.name, text, "Not a number of type " + std::string(type));
  return Value(*number);
}

template <class Integer>
Result<Value> parse_number(const ConfigKey& key, std::string_view text, std::string_view type) {
  return parse_number(key, text, type, std::numeric_limits<Integer>::min(),
                      std::numeric_limits<Integer>::max());
}

Result<Value> parse_boolean(const ConfigKey& key, std::string_view text) {
  const std::string_view trimmed = trim(text);
  if (equals_ignoring_case(trimmed, "true")) return Value(true);
  if (equals_ignoring_case(trimmed, "false")) return Value(false);
  return invalid_value(key.name, text, "Expected value to be either true or false");
}

}  // namespace

std::unexpected<Error> invalid_value(std::string_view name, std::string_view value, std::string_view reason) {
  std::string message = "Invalid value ";
  message.append(value).append(" for configuration ").append(name);
  if (!reason.empty()) message.append(": ").append(reason);
  return fail(ErrorCode::kInvalidConfig, std::move(message));
}

Result<Value> parse_type(const ConfigKey& key, std::string_view text) {
  switch (key.type) {
    case ConfigType::kBoolean:
      return parse_boolean(key, text);
    case ConfigType::kShort:
      return parse_number<std::int16_t>(key, text, "SHORT");
    case ConfigType::kInt:
      return parse_number<std::int32_t>(key, text, "INT");
    case ConfigType::kLong:
      return parse_number<std::int64_t>(key, text, "LONG");
    case ConfigType::kDouble: {
      const auto number = parse_double(text);
      if (!number) return invalid_value(key.name, text, "Not a number of type DOUBLE");
      return Value(*number);
    }
    case ConfigType::kList:
      return Value(split_list(trim(text)));
    case ConfigType::kString:
    case ConfigType::kClass:
    case ConfigType::kPassword:
    case ConfigType::kUnknown:
      return Value(std::string(trim(text)));
  }
  return Value(std::string(trim(text)));
}

Result<Value> parse_value(const ConfigKey& key, std::string_view text) {
  auto value = parse_type(key, text);
  if (!value) return value;
  if (key.validator.kind == Validator::Kind::kListOf) {
    StringList distinct;
    for (auto& element : std::get<StringList>(*value)) {
      if (std::ranges::find(distinct, element) == distinct.end()) distinct.push_back(std::move(element));
    }
    *value = std::move(distinct);
  }
  if (auto checked = check_value(key, *value); !checked) return fail(std::move(checked).error());
  return value;
}

Value default_of(const ConfigKey& key) {
  if (!key.default_value.has_text()) return {};
  auto value = parse_type(key, key.default_value.text());
  return value ? *std::move(value) : Value{};
}

std::optional<std::string> to_text(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* number = std::get_if<double>(&value)) return java_double_text(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* list = std::get_if<StringList>(&value)) {
    std::string joined;
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (i > 0) joined.push_back(',');
      joined.append((*list)[i]);
    }
    return joined;
  }
  return std::nullopt;
}

}  // namespace moldau::config
