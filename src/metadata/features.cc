#include "metadata/features.h"

#include <array>

namespace moldau::metadata {
namespace {

constexpr std::array<Feature, 6> kFeatures = {{
    {.name = kElrFeature, .levels = {.min = 0, .max = 1}, .default_since = 26},
    {.name = "group.version", .levels = {.min = 0, .max = 1}, .default_since = 22},
    {.name = kKraftVersionFeature, .levels = {.min = 0, .max = 1}, .default_since = 21},
    {.name = "share.version", .levels = {.min = 0, .max = 1}, .default_since = 28},
    {.name = "streams.version", .levels = {.min = 0, .max = 1}, .default_since = 29},
    {.name = "transaction.version", .levels = {.min = 0, .max = 2}, .default_since = 24},
}};

}  // namespace

std::span<const Feature> known_features() {
  return kFeatures;
}

std::optional<LevelRange> supported_levels(std::string_view feature, bool allow_unstable) {
  if (feature == kMetadataVersionFeature) {
    return LevelRange{.min = MetadataVersion::kLowest,
                      .max = allow_unstable ? MetadataVersion::kHighest : MetadataVersion::kLatestProduction};
  }
  for (const Feature& known : kFeatures) {
    if (known.name == feature) return known.levels;
  }
  return std::nullopt;
}

std::vector<std::pair<std::string_view, LevelRange>> supported_features(bool allow_unstable) {
  std::vector<std::pair<std::string_view, LevelRange>> features;
  for (const Feature& feature : kFeatures) {
    features.emplace_back(feature.name, feature.levels);
  }
  features.emplace_back(kMetadataVersionFeature, *supported_levels(kMetadataVersionFeature, allow_unstable));
  return features;
}

std::map<std::string, std::int16_t> default_feature_levels(MetadataVersion version) {
  std::map<std::string, std::int16_t> levels;
  for (const Feature& feature : kFeatures) {
    if (feature.name == kKraftVersionFeature || version.level() < feature.default_since) continue;
    levels.emplace(feature.name, feature.levels.max);
  }
  return levels;
}

}  // namespace moldau::metadata
