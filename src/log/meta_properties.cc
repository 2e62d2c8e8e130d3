#include "log/meta_properties.h"

#include <array>
#include <chrono>
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
constexpr std::string_view kBrokerIdKey = "broker.id";
constexpr std::string_view kDirectoryIdKey = "directory.id";
constexpr std::size_t kLargestFile = std::size_t{64} << 10;

const std::string* find(const JavaProperties& properties, std::string_view key) {
  const auto found = properties.find(key);
  return found == properties.end() ? nullptr : &found->second;
}

std::unexpected<Error> malformed(std::string why) {
  return fail(ErrorCode::kKafkaStorageError, std::move(why));
}

Result<std::int32_t> required_int(const JavaProperties& properties, std::string_view key) {
  const std::string* text = find(properties, key);
  if (text == nullptr) return malformed("Failed to find " + std::string(key));
  const auto number = parse_decimal(*text);
  if (!number || *number < std::numeric_limits<std::int32_t>::min() ||
      *number > std::numeric_limits<std::int32_t>::max()) {
    return malformed("Unable to read " + std::string(key) + " as a base-10 number.");
  }
  return static_cast<std::int32_t>(*number);
}

Result<int> read_version(const JavaProperties& properties) {
  const std::string* text = find(properties, kVersionKey);
  if (text == nullptr) return 0;
  const auto number = parse_decimal(*text);
  if (!number) return malformed("Invalid meta.properties version string '" + *text + "'");
  if (*number != 0 && *number != 1) return malformed("Unknown meta.properties version number " + *text);
  return static_cast<int>(*number);
}

/// As java.util.Date prints a moment in UTC: "Mon Nov 23 05:58:56 UTC 2026".
std::string date_text(TimestampMs now_ms) {
  using namespace std::chrono;
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto two_digits = [](std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  const sys_time<milliseconds> moment{milliseconds(now_ms)};
  const auto day = floor<days>(moment);
  const year_month_day date(day);
  const hh_mm_ss<seconds> time(floor<seconds>(moment - day));
  std::string text(kDays[weekday(day).c_encoding()]);
  text += ' ';
  text += kMonths[static_cast<unsigned>(date.month()) - 1];
  text += ' ' + two_digits(static_cast<unsigned>(date.day())) + ' ' + two_digits(time.hours().count()) + ':' +
          two_digits(time.minutes().count()) + ':' + two_digits(time.seconds().count());
  return text + " UTC " + std::to_string(static_cast<int>(date.year()));
}

/// One line of the file.
std::string line(std::string_view key, std::string_view value) {
  return format_java_properties({{std::string(key), std::string(value)}});
}

/// What `parse` makes of the file; nullopt if there is none.
template <class T>
Result<std::optional<T>> read_as(io::Directory& log_dir, Result<T> (*parse)(std::string_view)) {
  auto content = read_small_file(log_dir, kMetaPropertiesName, kLargestFile);
  if (!content) return fail(std::move(content).error());
  if (!*content) return std::nullopt;
  auto parsed = parse(as_text(**content));
  if (!parsed) return fail(std::move(parsed).error());
  return *std::move(parsed);
}

}  // namespace

std::string format_meta_properties(const MetaProperties& properties, TimestampMs now_ms) {
  // In the order in which Java's hash table gives these keys.
  std::string text = "#\n#" + date_text(now_ms) + "\n";
  text += line(kNodeIdKey, std::to_string(properties.node_id));
  if (properties.directory_id) text += line(kDirectoryIdKey, properties.directory_id->to_string());
  return text + line(kVersionKey, "1") + line(kClusterIdKey, properties.cluster_id);
}

Result<StoredIdentity> parse_identity(std::string_view text) {
  const auto lines = parse_java_properties(text);
  if (!lines) return fail(lines.error());
  const auto version = read_version(*lines);
  if (!version) return fail(version.error());
  StoredIdentity identity{.version = *version};
  if (const std::string* cluster_id = find(*lines, kClusterIdKey)) {
    identity.cluster_id = *cluster_id;
  } else if (*version != 0) {
    return malformed("cluster.id was not found.");
  }
  const std::string_view node_id_key = *version == 0 ? kBrokerIdKey : kNodeIdKey;
  if (*version != 0 || find(*lines, kBrokerIdKey) != nullptr) {
    const auto node_id = required_int(*lines, node_id_key);
    if (!node_id) return fail(node_id.error());
    identity.node_id = *node_id;
  }
  if (const std::string* directory_id = find(*lines, kDirectoryIdKey)) {
    const auto id = Uuid::parse(*directory_id);
    if (!id) return malformed("Unable to read directory.id as a Uuid: " + id.error().message);
    identity.directory_id = *id;
  }
  return identity;
}

Result<std::optional<StoredIdentity>> read_identity(io::Directory& log_dir) {
  return read_as(log_dir, parse_identity);
}

Result<MetaProperties> parse_meta_properties(std::string_view text) {
  auto identity = parse_identity(text);
  if (!identity) return malformed("meta.properties: " + identity.error().message);
  if (identity->version != 1) return malformed("meta.properties: version is not 1");
  return MetaProperties{.cluster_id = *std::move(identity->cluster_id),
                        .node_id = *identity->node_id,
                        .directory_id = identity->directory_id};
}

Result<std::optional<MetaProperties>> read_meta_properties(io::Directory& log_dir) {
  return read_as(log_dir, parse_meta_properties);
}

Result<void> write_meta_properties(io::Directory& log_dir, const MetaProperties& properties,
                                   TimestampMs now_ms) {
  return replace_file(log_dir, kMetaPropertiesName, as_bytes(format_meta_properties(properties, now_ms)));
}

}  // namespace moldau::log
