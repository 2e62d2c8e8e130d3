#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace moldau::quorum {

class JsonValue;

/// Members in the order of the text; of several with one name the last counts.
using JsonObject = std::vector<std::pair<std::string, JsonValue>>;
using JsonArray = std::vector<JsonValue>;

/// As much of a JSON value as the quorum-state file uses. Numbers that are no 64-bit integers are kept as
/// "some other number", so that a field nobody reads may hold one.
class JsonValue {
 public:
  struct OtherNumber {};
  using Content =
      std::variant<std::nullptr_t, bool, std::int64_t, OtherNumber, std::string, JsonArray, JsonObject>;

  explicit JsonValue(Content content) : content_(std::move(content)) {}

  bool is_null() const { return std::holds_alternative<std::nullptr_t>(content_); }
  std::optional<std::int64_t> integer() const {
    const auto* number = std::get_if<std::int64_t>(&content_);
    return number != nullptr ? std::optional(*number) : std::nullopt;
  }
  const std::string* text() const { return std::get_if<std::string>(&content_); }
  const JsonArray* array() const { return std::get_if<JsonArray>(&content_); }
  const JsonObject* object() const { return std::get_if<JsonObject>(&content_); }

 private:
  Content content_;
};

/// The member of that name, or nullptr. Valid as long as the object.
const JsonValue* find_member(const JsonObject& object, std::string_view name);

/// Reads one JSON value (RFC 8259); text after it must be white space. CORRUPT_MESSAGE with the position if
/// it is malformed or nested deeper than 16. Memory is bounded by a small multiple of the text's size.
Result<JsonValue> parse_json(std::string_view text);

}  // namespace moldau::quorum
