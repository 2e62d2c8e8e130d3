#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metadata/metadata_version.h"

namespace moldau::metadata {

inline constexpr std::string_view kMetadataVersionFeature = "metadata.version";
inline constexpr std::string_view kKraftVersionFeature = "kraft.version";
inline constexpr std::string_view kElrFeature = "eligible.leader.replicas.version";

/// A range of feature levels, both ends included.
struct LevelRange {
  std::int16_t min = 0;
  std::int16_t max = 0;

  bool contains(std::int16_t level) const { return level >= min && level <= max; }
  bool operator==(const LevelRange&) const = default;
};

/// A feature other than metadata.version (KIP-584, KIP-1022).
struct Feature {
  std::string_view name;
  LevelRange levels;
  /// Metadata version from which formatting enables levels.max by default.
  std::int16_t default_since;
};

/// All features of Kafka 4.3 but metadata.version, by name. Static storage.
std::span<const Feature> known_features();

/// The levels that Moldau can run at: the range it registers and answers in ApiVersions. metadata.version 31
/// is only offered where unstable levels are allowed. nullopt for unknown names.
std::optional<LevelRange> supported_levels(std::string_view feature, bool allow_unstable = false);

/// All that supported_levels() knows, metadata.version last: what a node registers.
std::vector<std::pair<std::string_view, LevelRange>> supported_features(bool allow_unstable);

/// The levels that formatting a cluster at `version` finalizes, kraft.version and those at level 0 left out.
std::map<std::string, std::int16_t> default_feature_levels(MetadataVersion version);

}  // namespace moldau::metadata
