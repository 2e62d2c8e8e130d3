#include "protocol/generator/model.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
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

/// Reads one definition; knows the file for its complaints.
class SchemaReader {
 public:
  explicit SchemaReader(const std::filesystem::path& file) : file_(file) {}

  Message read() {
    std::ifstream stream(file_);
    const json root = json::parse(stream, nullptr, false);
    if (root.is_discarded()) complain("not JSON");
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
    add_struct(message, root, message.name, message.valid_versions);
    return message;
  }

 private:
  [[noreturn]] void complain(const std::string& what) const {
    std::fprintf(stderr, "%s: %s\n", file_.c_str(), what.c_str());
    std::exit(1);
  }

  VersionRange versions(const json& node, const char* key, VersionRange otherwise) const {
    if (!node.contains(key)) return otherwise;
    const auto parsed = parse_versions(node[key].get<std::string>());
    if (!parsed) complain(std::string("bad ") + key);
    return *parsed;
  }

  /// A boolean, which some schemas write as a text.
  static bool flag(const json& node, const char* key) {
    return node.contains(key) && (node[key] == true || node[key] == "true");
  }

  /// Adds the structs that `node` uses, then itself.
  void add_struct(Message& message, const json& node, const std::string& name, const VersionRange& valid) {
    if (!added_.insert(name).second) return;
    Struct result{name, valid, {}};
    for (const auto& field : node.at("fields")) {
      result.fields.push_back(read_field(field, valid));
      const Field& read = result.fields.back();
      if (read.kind != Kind::kStruct) continue;
      if (field.contains("fields")) {
        add_struct(message, field, read.struct_name, intersect(valid, read.versions));
      } else {
        add_common(message, read.struct_name, message.valid_versions);
      }
    }
    message.structs.push_back(std::move(result));
  }

  void add_common(Message& message, const std::string& name, const VersionRange& valid) {
    for (const auto& common : common_) {
      if (type_name(common.at("name").get<std::string>()) == name) {
        add_struct(message, common, name, intersect(valid, versions(common, "versions", valid)));
        return;
      }
    }
    // A struct written out at an earlier field of the same message.
    if (!added_.contains(name)) complain("unknown struct " + name);
  }

  Field read_field(const json& node, const VersionRange& valid) const {
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
    if (node.contains("default")) {
      const json& value = node["default"];
      field.default_text = value.is_string() ? value.get<std::string>() : value.dump();
    }
    field.ignorable = flag(node, "ignorable");
    return field;
  }

  std::filesystem::path file_;
  std::vector<json> common_;
  std::set<std::string> added_;
};

}  // namespace

Message read_message(const std::filesystem::path& file) {
  return SchemaReader(file).read();
}

}  // namespace moldau::generator
