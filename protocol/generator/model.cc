#include "protocol/generator/model.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "protocol/generator/names.h"

namespace moldau::generator {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<std::string_view, Kind>, 12> kKinds = {{{"bool", Kind::kBool},
                                                                       {"int8", Kind::kInt8},
                                                                       {"int16", Kind::kInt16},
                                                                       {"uint16", Kind::kUint16},
                                                                       {"int32", Kind::kInt32},
                                                                       {"uint32", Kind::kUint32},
                                                                       {"int64", Kind::kInt64},
                                                                       {"float64", Kind::kFloat64},
                                                                       {"uuid", Kind::kUuid},
                                                                       {"string", Kind::kString},
                                                                       {"bytes", Kind::kBytes},
                                                                       {"records", Kind::kRecords}}};

/// Reads one definition. The first thing that is wrong is kept as the complaint; reading goes on.
class SchemaReader {
 public:
  Message read(const json& root) {
    Message message;
    message.name = type_name(root.at("name").get<std::string>());
    message.type = root.at("type").get<std::string>();
    if (root.contains("apiKey")) message.api_key = root["apiKey"].get<std::int16_t>();
    message.valid_versions = versions(root, "validVersions", VersionRange{});
    message.flexible_versions =
        intersect(versions(root, "flexibleVersions", VersionRange{}), message.valid_versions);
    message.latest_version_unstable = flag(root, "latestVersionUnstable");
    for (const auto& listener : root.value("listeners", json::array())) {
      message.listeners.push_back(listener.get<std::string>());
    }
    for (const auto& common : root.value("commonStructs", json::array())) {
      common_.push_back(common);
    }
    flexible_versions_ = message.flexible_versions;
    add_struct(message, root, message.name, message.valid_versions);
    return message;
  }

  const std::string& complaint() const { return complaint_; }

 private:
  void complain(const std::string& what) {
    if (complaint_.empty()) complaint_ = what;
  }

  VersionRange versions(const json& node, const char* key, VersionRange otherwise) {
    if (!node.contains(key)) return otherwise;
    const auto text = node[key].get<std::string>();
    const auto parsed = parse_versions(text);
    if (!parsed) complain(std::string(key) + ": no versions: " + text);
    return parsed.value_or(otherwise);
  }

  /// A boolean, which some schemas write as a text.
  static bool flag(const json& node, const char* key) {
    return node.contains(key) && (node[key] == true || node[key] == "true");
  }

  /// Adds the structs that `node` uses, then itself.
  void add_struct(Message& message, const json& node, const std::string& name, const VersionRange& valid) {
    if (!added_.insert(name).second) {
      complain("two structs " + name);
      return;
    }
    Struct result{name, valid, {}};
    for (const auto& field : node.at("fields")) {
      result.fields.push_back(read_field(field, valid));
      const Field& read = result.fields.back();
      check_field(read);
      if (read.kind != Kind::kStruct) continue;
      if (field.contains("fields")) {
        add_struct(message, field, read.struct_name, intersect(valid, read.versions));
      } else {
        add_common(message, read.struct_name);
      }
    }
    check_tags(result);
    message.structs.push_back(std::move(result));
  }

  void add_common(Message& message, const std::string& name) {
    // Used before, or written out at an earlier field of the same message.
    if (std::ranges::find(message.structs, name, &Struct::name) != message.structs.end()) return;
    for (const auto& common : common_) {
      if (type_name(common.at("name").get<std::string>()) != name) continue;
      const VersionRange valid = message.valid_versions;
      add_struct(message, common, name, intersect(valid, versions(common, "versions", valid)));
      return;
    }
    complain("unknown type " + name);
  }

  Field read_field(const json& node, const VersionRange& valid) {
    Field field;
    field.name = type_name(node.at("name").get<std::string>());
    std::string type = node.at("type").get<std::string>();
    if (type.starts_with("[]")) {
      field.is_array = true;
      type = type.substr(2);
    }
    const auto known = std::ranges::find(kKinds, type, [](const auto& entry) { return entry.first; });
    field.kind = known == kKinds.end() ? Kind::kStruct : known->second;
    if (field.kind == Kind::kStruct) field.struct_name = type_name(type);
    field.entity_type = node.value("entityType", "");
    field.tagged_versions = intersect(versions(node, "taggedVersions", VersionRange{}), valid);
    field.versions = intersect(versions(node, "versions", field.tagged_versions), valid);
    field.nullable_versions = intersect(versions(node, "nullableVersions", VersionRange{}), field.versions);
    if (node.contains("flexibleVersions")) {
      field.flexible_versions = intersect(versions(node, "flexibleVersions", VersionRange{}), valid);
    }
    if (node.contains("tag")) field.tag = node["tag"].get<std::uint32_t>();
    // A default that is JSON's null says nothing in Apache Kafka; only the text "null" makes a field null.
    if (const json value = node.value("default", json()); !value.is_null()) {
      field.default_text = value.is_string() ? value.get<std::string>() : value.dump();
    }
    field.ignorable = flag(node, "ignorable");
    return field;
  }

  void check_field(const Field& field) {
    const bool may_be_null = field.is_array || field.kind == Kind::kString || field.kind == Kind::kBytes ||
                             field.kind == Kind::kRecords || field.kind == Kind::kStruct;
    if (!field.nullable_versions.empty() && !may_be_null) complain(field.name + ": cannot be null");
    if (field.default_text == "null" && field.nullable_versions.empty() && !field.versions.empty()) {
      complain(field.name + ": null by default, but nowhere nullable");
    }
    if (field.tagged_versions.empty()) return;
    if (!field.tag) complain(field.name + ": tagged without a tag");
    if (intersect(field.tagged_versions, flexible_versions_) != field.tagged_versions) {
      complain(field.name + ": tagged in a version that is not flexible");
    }
    if (field.tagged_versions.highest != field.versions.highest) {
      complain(field.name + ": tagged, and later no longer");
    }
  }

  void check_tags(const Struct& structure) {
    std::set<std::uint32_t> tags;
    for (const Field& field : structure.fields) {
      if (field.tag && !tags.insert(*field.tag).second) complain(field.name + ": its tag is taken");
    }
  }

  VersionRange flexible_versions_;
  std::vector<json> common_;
  std::set<std::string> added_;
  std::string complaint_;
};

}  // namespace

Result<Message> parse_message(std::string_view text) {
  const json root = json::parse(text, nullptr, false);
  if (root.is_discarded()) return fail(ErrorCode::kInvalidConfig, "not JSON");
  SchemaReader reader;
  try {
    Message message = reader.read(root);
    if (!reader.complaint().empty()) return fail(ErrorCode::kInvalidConfig, reader.complaint());
    return message;
  } catch (const json::exception& error) {
    return fail(ErrorCode::kInvalidConfig, error.what());
  }
}

}  // namespace moldau::generator
