#include "protocol/generator/plan.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.h"

namespace moldau::generator {
namespace {

bool is_text(const Field& field) {
  return field.kind == Kind::kString;
}
bool is_error_code(const Field& field) {
  return field.kind == Kind::kInt16 && field.name == "ErrorCode";
}

std::string plain_type(Kind kind) {
  switch (kind) {
    case Kind::kBool:
      return "bool";
    case Kind::kInt8:
      return "std::int8_t";
    case Kind::kInt16:
      return "std::int16_t";
    case Kind::kUint16:
      return "std::uint16_t";
    case Kind::kInt32:
      return "std::int32_t";
    case Kind::kUint32:
      return "std::uint32_t";
    case Kind::kInt64:
      return "std::int64_t";
    case Kind::kFloat64:
      return "double";
    case Kind::kUuid:
      return "Uuid";
    case Kind::kString:
      return "std::string_view";
    case Kind::kBytes:
      return "wire::Blob";
    case Kind::kRecords:
      return "wire::Records";
    case Kind::kStruct:
      break;
  }
  return "";
}

std::string strong_id(const Field& field) {
  if (is_error_code(field)) return "ErrorCode";
  if (is_text(field) && field.entity_type == "topicName") return "TopicName";
  if (is_text(field) && field.entity_type == "groupId") return "GroupId";
  if (is_text(field) && field.entity_type == "transactionalId") return "TransactionalId";
  if (field.kind == Kind::kInt32 && field.entity_type == "brokerId") return "BrokerId";
  if (field.kind == Kind::kInt64 && field.entity_type == "producerId") return "ProducerId";
  return "";
}

/// Records are null unless they are set, whatever the schema says.
bool defaults_to_null(const Field& field) {
  return field.default_text == "null" || field.kind == Kind::kRecords;
}

bool is_number(const Field& field) {
  return !field.is_array && field.kind != Kind::kUuid && field.kind != Kind::kString &&
         field.kind != Kind::kBytes && field.kind != Kind::kRecords && field.kind != Kind::kStruct;
}

/// Default of a number as a C++ literal of its type.
std::string number_literal(const Field& field) {
  std::string text = field.default_text.value_or("");
  if (field.kind == Kind::kBool) return text == "true" ? "true" : "false";
  if (text.empty()) return "0";
  // The smallest int64 has no literal of its own.
  if (text == "-9223372036854775808") return "(-9223372036854775807 - 1)";
  if (field.kind == Kind::kFloat64 && text.find_first_of(".eE") == std::string::npos) return text + ".0";
  return text;
}

/// The default of a text as a C++ literal; empty where it is the empty text or there is none.
std::string default_string(const Field& field) {
  const std::string text = field.default_text.value_or("");
  if (!is_text(field) || field.is_array || text.empty() || text == "null") return "";
  return "std::string_view(\"" + text + "\")";
}

/// Condition that a nullable member, which is not null, is empty.
std::string holds_nothing(const Field& field, const std::string& expression) {
  if (field.is_array) return expression + "->empty()";
  if (field.kind == Kind::kBytes) return expression + "->size() == 0";
  return expression + (is_strong_id(field) ? "->value().empty()" : "->empty()");
}

std::size_t least_struct_bytes(const Message& message, const Struct& structure, std::int16_t version);

std::size_t least_value_bytes(const Message& message, const Field& field, std::int16_t version,
                              bool flexible) {
  switch (field.kind) {
    case Kind::kBool:
    case Kind::kInt8:
      return 1;
    case Kind::kInt16:
    case Kind::kUint16:
      return 2;
    case Kind::kInt32:
    case Kind::kUint32:
      return 4;
    case Kind::kInt64:
    case Kind::kFloat64:
      return 8;
    case Kind::kUuid:
      return 16;
    case Kind::kString:
      return flexible ? 1 : 2;
    case Kind::kBytes:
    case Kind::kRecords:
      return flexible ? 1 : 4;
    case Kind::kStruct:
      return least_struct_bytes(message, struct_named(message, field.struct_name), version);
  }
  return 1;
}

std::size_t least_field_bytes(const Message& message, const Field& field, std::int16_t version) {
  if (!body_versions(field).contains(version)) return 0;
  const bool flexible = field.flexible_versions.value_or(message.flexible_versions).contains(version);
  if (field.is_array) return flexible ? 1 : 4;
  if (field.kind == Kind::kStruct && field.nullable_versions.contains(version)) return 1;
  return least_value_bytes(message, field, version, flexible);
}

std::size_t least_struct_bytes(const Message& message, const Struct& structure, std::int16_t version) {
  std::size_t bytes = message.flexible_versions.contains(version) ? 1 : 0;
  for (const Field& field : structure.fields) {
    bytes += least_field_bytes(message, field, version);
  }
  return bytes;
}

}  // namespace

bool is_strong_id(const Field& field) {
  const std::string name = strong_id(field);
  return !name.empty() && name != "ErrorCode";
}

std::string element_type(const Field& field) {
  if (field.kind == Kind::kStruct) return field.struct_name;
  const std::string strong = strong_id(field);
  return strong.empty() ? plain_type(field.kind) : strong;
}

bool is_nullable(const Field& field) {
  return !field.nullable_versions.empty();
}

std::string member_type(const Field& field) {
  std::string type = element_type(field);
  if (field.is_array) type = "std::vector<" + type + ">";
  if (is_nullable(field)) type = "std::optional<" + type + ">";
  return type;
}

std::string initializer(const Field& field) {
  const std::string text = default_string(field);
  if (is_nullable(field)) {
    if (defaults_to_null(field)) return "{}";
    return text.empty() ? "{std::in_place}" : "{std::in_place, " + text + "}";
  }
  if (!is_number(field)) return "{" + text + "}";
  if (is_error_code(field)) {
    return field.default_text ? "{static_cast<ErrorCode>(" + *field.default_text + ")}"
                              : "{ErrorCode::kNone}";
  }
  return "{" + number_literal(field) + "}";
}

std::string differs_from_default(const Field& field, const std::string& expression) {
  if (is_nullable(field)) {
    if (defaults_to_null(field)) return expression + ".has_value()";
    if (field.kind == Kind::kStruct && !field.is_array) {
      return "!(" + expression + " && *" + expression + " == M::" + field.struct_name + "{})";
    }
    const std::string text = default_string(field);
    if (!text.empty()) return expression + " != " + element_type(field) + "(" + text + ")";
    return "!(" + expression + " && " + holds_nothing(field, expression) + ")";
  }
  if (field.is_array) return "!" + expression + ".empty()";
  switch (field.kind) {
    case Kind::kUuid:
      return "!" + expression + ".is_zero()";
    case Kind::kString:
      return expression + (is_strong_id(field) ? ".value()" : "") + " != \"" +
             field.default_text.value_or("") + "\"";
    case Kind::kBytes:
      return expression + ".size() != 0";
    case Kind::kRecords:
      return expression + ".size_bytes() != 0";
    case Kind::kStruct:
      return "!(" + expression + " == M::" + field.struct_name + "{})";
    case Kind::kBool:
      return number_literal(field) == "true" ? "!" + expression : expression;
    default:
      break;
  }
  if (is_error_code(field)) {
    return expression + " != static_cast<ErrorCode>(" + field.default_text.value_or("0") + ")";
  }
  return expression + (is_strong_id(field) ? ".value()" : "") + " != " + number_literal(field);
}

VersionRange body_versions(const Field& field) {
  if (field.tagged_versions.empty()) return field.versions;
  // A field becomes tagged from some version on; before that it may have stood in the body.
  if (field.tagged_versions.lowest <= field.versions.lowest) return {};
  return {field.versions.lowest, static_cast<std::int16_t>(field.tagged_versions.lowest - 1)};
}

std::vector<const Field*> tagged_fields(const Struct& structure) {
  std::vector<const Field*> tagged;
  for (const Field& field : structure.fields) {
    if (!field.tagged_versions.empty()) tagged.push_back(&field);
  }
  std::ranges::sort(tagged, {}, [](const Field* field) { return *field->tag; });
  return tagged;
}

const Struct& struct_named(const Message& message, const std::string& name) {
  const auto found = std::ranges::find(message.structs, name, &Struct::name);
  require(found != message.structs.end(), "a message has the structs of its fields");
  return *found;
}

std::size_t least_element_bytes(const Message& message, const Field& field) {
  std::size_t least = 0;
  for (std::int16_t version = field.versions.lowest; version <= field.versions.highest; ++version) {
    const bool flexible = message.flexible_versions.contains(version);
    const std::size_t bytes = least_value_bytes(message, field, version, flexible);
    if (least == 0 || bytes < least) least = bytes;
  }
  return std::max<std::size_t>(least, 1);
}

}  // namespace moldau::generator
