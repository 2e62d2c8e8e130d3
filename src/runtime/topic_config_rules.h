#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/broker_config.h"
#include "metadata/decision.h"
#include "runtime/layered_config.h"

namespace moldau::runtime {

/// What the controller's decisions ask of topic configurations, answered from the one table of configs.
class TopicRules final : public metadata::TopicConfigRules {
 public:
  /// `config` outlives the rules.
  explicit TopicRules(const config::BrokerConfig& config) : config_(config), layered_(config) {}

  Result<void> validate(const metadata::Configs& topic_configs) const override;
  std::string effective_value(std::string_view name, const metadata::ConfigLayers& layers) const override;
  std::vector<metadata::EffectiveConfig> effective_configs(
      const metadata::ConfigLayers& layers) const override;

 private:
  const config::BrokerConfig& config_;
  mutable LayeredConfig layered_;
};

}  // namespace moldau::runtime
