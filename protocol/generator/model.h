#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protocol/generator/versions.h"

namespace moldau::generator {

/// The wire types that a schema can name.
enum class Kind {
  kBool,
  kInt8,
  kInt16,
  kUint16,
  kInt32,
  kUint32,
  kInt64,
  kFloat64,
  kUuid,
  kString,
  kBytes,
  kRecords,
  kStruct,
};

struct Field {
  std::string name;
  Kind kind = Kind::kBool;
  bool is_array = false;
  std::string struct_name;  ///< where kind is kStruct
  std::string entity_type;  ///< empty where there is none
  VersionRange versions;
  VersionRange nullable_versions;
  VersionRange tagged_versions;
  std::optional<VersionRange> flexible_versions;  ///< where they differ from the message's
  std::optional<std::uint32_t> tag;
  std::optional<std::string> default_text;
  bool ignorable = false;
};

struct Struct {
  std::string name;
  VersionRange versions;
  std::vector<Field> fields;
};

struct Message {
  std::string name;
  std::string type;  ///< "request", "response", "header", "data", "metadata", "coordinator-key", ...
  std::optional<std::int16_t> api_key;
  VersionRange valid_versions;
  VersionRange flexible_versions;
  std::vector<std::string> listeners;
  bool latest_version_unstable = false;
  /// The message itself comes last; each struct comes before those that use it.
  std::vector<Struct> structs;

  bool is_live() const { return !valid_versions.empty(); }
};

/// Reads the text of one file of schemas/ (docs/schemas.md). kInvalidConfig with what is wrong in it, which
/// covers all that the emitters rely on.
Result<Message> parse_message(std::string_view text);

}  // namespace moldau::generator
