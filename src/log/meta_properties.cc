#include "log/meta_properties.h"

#include <limits>
#include <utility>

#include "log/file_content.h"
#include "log/file_names.h"
#include "log/java_properties.h"

namespace moldau::log {
namespace {

constexpr std::string_view kVersionKey = "version";
constexpr std::string_view kClusterIdKey = "cluster.id";
constexpr std::string_view kNodeIdKey = "node.id";
constexpr std::string_view kDirectoryIdKey = "directory.id";
constexpr std::size_t kLargestFile = std::size_t{64} << 10;

const std::string* find(const JavaProperties& properties, std::string_view key) {
  const auto found = properties.find(key);
  return found == properties.end() ? nullptr : &found->second;
}

std::unexpected<Error> malformed(std::string_view key, std::string_view why) {
  return fail(ErrorCode::kKafkaStorageError, "meta.properties: " + std::string(key) + ' ' + std::string(why));
}

}  // namespace

std::string format_meta_properties(const MetaProperties& properties) {
  JavaProperties lines;
  lines.emplace(kVersionKey, "1");
  lines.emplace(kClusterIdKey, properties.cluster_id);
  lines.emplace(kNodeIdKey, std::to_string(properties.node_id));
  if (properties.directory_id) lines.emplace(kDirectoryIdKey, properties.directory_id->to_string());
  return format_java_properties(lines);
}

Result<MetaProperties> parse_meta_properties(std::string_view text) {
  const auto lines = parse_java_properties(text);
  if (!lines) return fail(lines.error());
  const std::string* version = find(*lines, kVersionKey);
  if (version == nullptr || *version != "1") return malformed(kVersionKey, "is not 1");
  const std::string* cluster_id = find(*lines, kClusterIdKey);
  if (cluster_id == nullptr) return malformed(kClusterIdKey, "is missing");
  const std::string* node_id = find(*lines, kNodeIdKey);
  if (node_id == nullptr) return malformed(kNodeIdKey, "is missing");
  const auto number = parse_decimal(*node_id);
  if (!number || *number < std::numeric_limits<std::int32_t>::min() ||
      *number > std::numeric_limits<std::int32_t>::max()) {
    return malformed(kNodeIdKey, "is no number");
  }
  MetaProperties properties{.cluster_id = *cluster_id, .node_id = static_cast<std::int32_t>(*number)};
  if (const std::string* directory_id = find(*lines, kDirectoryIdKey)) {
    const auto id = Uuid::parse(*directory_id);
    if (!id) return malformed(kDirectoryIdKey, "is no uuid");
    properties.directory_id = *id;
  }
  return properties;
}

Result<std::optional<MetaProperties>> read_meta_properties(io::Directory& log_dir) {
  auto content = read_small_file(log_dir, kMetaPropertiesName, kLargestFile);
  if (!content) return fail(std::move(content).error());
  if (!*content) return std::nullopt;
  auto properties = parse_meta_properties(as_text(**content));
  if (!properties) return fail(std::move(properties).error());
  return *std::move(properties);
}

Result<void> write_meta_properties(io::Directory& log_dir, const MetaProperties& properties) {
  return replace_file(log_dir, kMetaPropertiesName, as_bytes(format_meta_properties(properties)));
}

}  // namespace moldau::log
