#include "metadata/format_levels.h"

#include <array>

#include "metadata/features.h"

namespace moldau::metadata {
namespace {

constexpr std::array<std::string_view, 6> kListedFeatures = {kKraftVersionFeature, "transaction.version",
                                                             "group.version",      kElrFeature,
                                                             "share.version",      "streams.version"};

/// metadata.version with the records that eligible leader replicas need.
constexpr std::int16_t kElrNeeds = 23;

std::unexpected<Error> refused(std::string why) {
  return fail(ErrorCode::kInvalidConfig, std::move(why));
}

const Feature* find_feature(std::string_view name) {
  for (const Feature& feature : known_features()) {
    if (feature.name == name) return &feature;
  }
  return nullptr;
}

Result<MetadataVersion> checked(MetadataVersion version, bool allow_unstable) {
  if (allow_unstable || version.level() <= MetadataVersion::kLatestProduction) return version;
  return refused("metadata.version " + std::string(version.name()) + " is not yet stable.");
}

Result<MetadataVersion> plan_version(const LevelRequest& request) {
  const auto asked = request.levels.find(std::string(kMetadataVersionFeature));
  if (asked != request.levels.end()) {
    if (request.release) {
      return refused("Use --release-version instead of --feature metadata.version=X to avoid ambiguity.");
    }
    const auto version = MetadataVersion::from_level(asked->second);
    if (version) return checked(*version, request.allow_unstable);
    return refused("No MetadataVersion with feature level " + std::to_string(asked->second) +
                   ". Valid feature levels are from " + std::to_string(MetadataVersion::kLowest) + " to " +
                   std::to_string(MetadataVersion::kHighest) + ".");
  }
  if (request.release) return checked(*request.release, request.allow_unstable);
  return request.allow_unstable ? *MetadataVersion::from_level(MetadataVersion::kHighest)
                                : MetadataVersion::latest_production();
}

Result<std::int16_t> plan_kraft_version(const LevelRequest& request) {
  const auto asked = request.levels.find(std::string(kKraftVersionFeature));
  if (asked == request.levels.end()) return request.has_dynamic_quorum ? 1 : 0;
  if (asked->second == 0 && request.has_dynamic_quorum) {
    return refused(
        "Cannot set kraft.version to 0 if controller.quorum.voters is empty and one of the flags "
        "--standalone, "
        "--initial-controllers, or --no-initial-controllers is used. For dynamic controllers support, try "
        "removing the --feature flag for kraft.version.");
  }
  if (asked->second != 0 && !request.has_dynamic_quorum) {
    return refused("Cannot set kraft.version to " + std::to_string(asked->second) +
                   " unless controller.quorum.voters is empty and one of the flags --standalone, "
                   "--initial-controllers, or --no-initial-controllers is used. For dynamic controllers "
                   "support, try using one of --standalone, --initial-controllers, or "
                   "--no-initial-controllers and removing controller.quorum.voters.");
  }
  return asked->second;
}

std::unexpected<Error> unsupported(const std::string& name) {
  std::string known;
  for (const Feature& feature : known_features()) {
    if (!known.empty()) known += ", ";
    known += feature.name;
  }
  return refused("Unsupported feature: " + name + ". Supported features are: " + known);
}

Result<void> check_names(const FeatureLevels& levels) {
  for (const auto& [name, level] : levels) {
    if (name != kMetadataVersionFeature && find_feature(name) == nullptr) return unsupported(name);
  }
  return {};
}

Result<void> check_dependencies(std::string_view feature, std::int16_t level, const FeatureLevels& levels) {
  const auto needed = dependencies_of(feature, level);
  if (!needed) return fail(needed.error());
  for (const auto& [name, least] : *needed) {
    const auto there = levels.find(name);
    if (there != levels.end() && there->second >= least) continue;
    return refused(std::string(feature) + " could not be set to " + std::to_string(level) +
                   " because it depends on " + name + " level " + std::to_string(least));
  }
  return {};
}

}  // namespace

Result<LevelPlan> plan_levels(const LevelRequest& request) {
  const auto version = plan_version(request);
  if (!version) return fail(version.error());
  if (auto known = check_names(request.levels); !known) return fail(std::move(known).error());
  LevelPlan plan{.version = *version, .levels = request.levels};
  plan.levels.insert_or_assign(std::string(kMetadataVersionFeature), version->level());
  const auto kraft_version = plan_kraft_version(request);
  if (!kraft_version) return fail(kraft_version.error());
  plan.levels.insert_or_assign(std::string(kKraftVersionFeature), *kraft_version);
  for (const Feature& feature : known_features()) {
    plan.levels.emplace(feature.name, default_level(feature.name, *version));
  }
  for (const auto& [name, level] : plan.levels) {
    if (name == kMetadataVersionFeature) continue;
    if (auto met = check_dependencies(name, level, plan.levels); !met) return fail(std::move(met).error());
  }
  return plan;
}

std::int16_t default_level(std::string_view feature, MetadataVersion version) {
  const Feature* known = find_feature(feature);
  return known != nullptr && version.level() >= known->default_since ? known->levels.max : std::int16_t{0};
}

Result<FeatureLevels> dependencies_of(std::string_view feature, std::int16_t level) {
  const Feature* known = find_feature(feature);
  if (known == nullptr || !known->levels.contains(level)) {
    return refused("No feature:" + std::string(feature) + " with feature level " + std::to_string(level));
  }
  FeatureLevels needed;
  if (feature == kElrFeature && level > 0) needed.emplace(kMetadataVersionFeature, kElrNeeds);
  return needed;
}

std::span<const std::string_view> listed_features() {
  return kListedFeatures;
}

}  // namespace moldau::metadata
