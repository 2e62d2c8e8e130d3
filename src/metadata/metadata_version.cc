#include "metadata/metadata_version.h"

#include <array>
#include <cstddef>

namespace moldau::metadata {
namespace {

/// Names by level, from kLowest on.
constexpr std::array<std::string_view, 25> kNames = {
    "3.3-IV3", "3.4-IV0", "3.5-IV0", "3.5-IV1", "3.5-IV2", "3.6-IV0", "3.6-IV1", "3.6-IV2", "3.7-IV0",
    "3.7-IV1", "3.7-IV2", "3.7-IV3", "3.7-IV4", "3.8-IV0", "3.9-IV0", "4.0-IV0", "4.0-IV1", "4.0-IV2",
    "4.0-IV3", "4.1-IV0", "4.1-IV1", "4.2-IV0", "4.2-IV1", "4.3-IV0", "4.4-IV0"};
static_assert(kNames.size() == MetadataVersion::kHighest - MetadataVersion::kLowest + 1);

std::string known_names(std::int16_t highest) {
  std::string list;
  for (std::int16_t level = MetadataVersion::kLowest; level <= highest; ++level) {
    if (!list.empty()) list += ", ";
    list += kNames[static_cast<std::size_t>(level - MetadataVersion::kLowest)];
  }
  return list;
}

/// "4.3" of "4.3.1" or "4.3-IV0" of "4.3-IV0": what stands before a second dot. Dots at the end begin
/// nothing.
std::string_view without_patch(std::string_view name) {
  const auto first = name.find('.');
  const auto second = first == std::string_view::npos ? first : name.find('.', first + 1);
  const bool has_patch = second != std::string_view::npos && name.find_first_not_of('.', second) != name.npos;
  return has_patch ? name.substr(0, second) : name;
}

}  // namespace

std::optional<MetadataVersion> MetadataVersion::from_level(std::int16_t level) {
  if (level < kLowest || level > kHighest) return std::nullopt;
  return MetadataVersion(level);
}

Result<MetadataVersion> MetadataVersion::parse(std::string_view name, bool allow_unstable) {
  const std::string_view wanted = without_patch(name);
  const std::int16_t highest = allow_unstable ? kHighest : kLatestProduction;
  for (std::int16_t level = highest; level >= kLowest; --level) {
    const std::string_view known = MetadataVersion(level).name();
    const bool is_release_of_level = level <= kLatestProduction && known.substr(0, known.find('-')) == wanted;
    if (known == wanted || is_release_of_level) return MetadataVersion(level);
  }
  return fail(ErrorCode::kInvalidUpdateVersion,
              "Unknown metadata.version '" + std::string(name) +
                  "'. Supported metadata.version are: " + known_names(highest));
}

std::string_view MetadataVersion::name() const {
  return kNames[static_cast<std::size_t>(level_ - kLowest)];
}

std::int16_t MetadataVersion::register_broker_record_version() const {
  if (supports_cordoned_directories()) return 4;
  if (supports_directories()) return 3;
  if (supports_migration_flag()) return 2;
  return 1;
}

std::int16_t MetadataVersion::partition_record_version() const {
  if (supports_elr()) return 2;
  if (supports_directories()) return 1;
  return 0;
}

}  // namespace moldau::metadata
