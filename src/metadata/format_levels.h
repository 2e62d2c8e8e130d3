#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "metadata/metadata_version.h"

namespace moldau::metadata {

/// Levels by the names of features.
using FeatureLevels = std::map<std::string, std::int16_t>;

/// What formatting was asked to finalize.
struct LevelRequest {
  std::optional<MetadataVersion> release = {};
  FeatureLevels levels = {};  ///< May name metadata.version in place of a release.
  bool allow_unstable = false;
  /// The quorum's voters are not configured, so that kraft.version is 1.
  bool has_dynamic_quorum = false;
};

/// What formatting finalizes.
struct LevelPlan {
  MetadataVersion version = MetadataVersion::latest_production();
  FeatureLevels levels = {};  ///< Of every feature, metadata.version and kraft.version included.
};

/// Defaults of the release, and what was asked for over them. INVALID_CONFIG with Apache's text for features
/// that are not known, levels that are not stable, and levels whose dependencies are not met.
Result<LevelPlan> plan_levels(const LevelRequest& request);

/// The level of a feature that a cluster at `version` begins with; kraft.version as if the quorum were
/// dynamic. The feature is a known one other than metadata.version.
std::int16_t default_level(std::string_view feature, MetadataVersion version);

/// Features that a level asks for, with the levels that they need at least. INVALID_CONFIG if the feature has
/// no such level.
Result<FeatureLevels> dependencies_of(std::string_view feature, std::int16_t level);

/// The features other than metadata.version in the order in which Apache Kafka's tools list them. Static
/// storage.
std::span<const std::string_view> listed_features();

}  // namespace moldau::metadata
