#include "log/partition_metadata_file.h"

#include <cstddef>
#include <optional>

#include "log/file_names.h"

namespace moldau::log {
namespace {

/// The text behind the line's colon and the white space after it; nullopt if there is no such pair.
std::optional<std::string_view> value_of(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t colon = line.find(": ");
  if (colon == std::string_view::npos) return std::nullopt;
  const std::size_t value = line.find_first_not_of(" \t", colon + 1);
  if (value == std::string_view::npos) return std::nullopt;
  return line.substr(value);
}

}  // namespace

std::string format_partition_metadata(const Uuid& topic_id) {
  return "version: 0\ntopic_id: " + topic_id.to_string();
}

Result<Uuid> parse_partition_metadata(std::string_view text) {
  const auto malformed = [](std::string_view why) {
    return fail(ErrorCode::kKafkaStorageError, "malformed partition.metadata: " + std::string(why));
  };
  const std::size_t first_end = text.find('\n');
  if (first_end == std::string_view::npos) return malformed("it has one line");
  const auto version_text = value_of(text.substr(0, first_end));
  const auto version = version_text ? parse_decimal(*version_text) : std::nullopt;
  if (!version || *version < 0) return malformed("it states no version");
  const std::string_view rest = text.substr(first_end + 1);
  const auto id_text = value_of(rest.substr(0, rest.find('\n')));
  if (!id_text) return malformed("it states no topic id");
  const auto id = Uuid::parse(*id_text);
  if (!id || id->is_zero()) return malformed("its topic id is not valid");
  return *id;
}

}  // namespace moldau::log
