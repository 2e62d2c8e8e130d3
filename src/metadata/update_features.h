#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "metadata/decision.h"

namespace moldau::metadata {

/// How far a feature's level may fall; the numbers are those of UpdateFeatures (KIP-584, KIP-778).
enum class UpgradeType : std::int8_t { kUpgrade = 1, kSafeDowngrade = 2, kUnsafeDowngrade = 3 };

/// A feature that is to run at another level.
struct FeatureUpdate {
  std::string feature;
  std::int16_t level = 0;
  UpgradeType type = UpgradeType::kUpgrade;  ///< Another number is refused.
};

/// What the controller knows by itself of who must support a level.
struct ControllerSupport {
  bool allow_unstable = false;           ///< unstable.feature.versions.enable
  std::vector<BrokerId> configured_ids;  ///< Of controller.quorum.voters: each must have registered.
};

/// UpdateFeatures: all of the levels, or none if one is refused; the first that is gives the answer. Each
/// feature is named once; they are judged in the given order. No records if they are only validated.
/// INVALID_UPDATE_VERSION, in Kafka's words, for a level that a node does not support, that is a downgrade
/// without leave, or whose dependencies are not met.
Result<Decision<std::monostate>> update_features(std::span<const FeatureUpdate> updates, bool validate_only,
                                                 const ControllerSupport& support,
                                                 const DecisionContext& context);

}  // namespace moldau::metadata
