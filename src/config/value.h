#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "config/key.h"

namespace moldau::config {

using StringList = std::vector<std::string>;

/// A parsed value. Null is monostate; kInt, kShort and kLong are int64 within their type's range; kString,
/// kClass and kPassword are strings.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string, StringList>;

/// Parses `text` as Apache Kafka's ConfigDef does: surrounding blanks ignored, true and false in any case,
/// numbers as Java reads them, lists separated by commas. kInvalidConfig with Apache's text otherwise.
Result<Value> parse_type(const ConfigKey& key, std::string_view text);

/// kInvalidConfig with Apache's text unless `value` satisfies the key's validator.
Result<void> check_value(const ConfigKey& key, const Value& value);

/// Parses and checks; repeated elements of a list that must be distinct are dropped as Apache drops them.
Result<Value> parse_value(const ConfigKey& key, std::string_view text);

/// The parsed default; null for keys that must be set.
Value default_of(const ConfigKey& key);

/// The text DescribeConfigs shows: lists joined by commas, doubles as Java prints them; nullopt for null.
std::optional<std::string> to_text(const Value& value);

/// Apache's sentence "Invalid value v for configuration k: reason" as an error of kInvalidConfig.
std::unexpected<Error> invalid_value(std::string_view name, std::string_view value, std::string_view reason);

}  // namespace moldau::config
