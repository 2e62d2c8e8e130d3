#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/broker_config.h"
#include "metadata/decision.h"
#include "runtime/layered_config.h"

namespace moldau::runtime {

/// What the controller's decisions ask of configurations, answered from the one table of configs.
class TableConfigRules final : public metadata::ConfigRules {
 public:
  /// `config` outlives the rules.
  explicit TableConfigRules(const config::BrokerConfig& config) : config_(config), layered_(config) {}

  Result<void> validate(const metadata::ConfigResource& resource, const metadata::ConfigLayers& below,
                        const metadata::Configs& existing, const metadata::Configs& altered) const override;
  std::optional<std::string> list_default(const metadata::ConfigResource& resource,
                                          std::string_view name) const override;
  std::string effective_value(std::string_view name, const metadata::ConfigLayers& layers) const override;
  std::vector<metadata::EffectiveConfig> effective_configs(
      const metadata::ConfigLayers& layers) const override;

 private:
  const config::BrokerConfig& config_;
  mutable LayeredConfig layered_;
};

}  // namespace moldau::runtime
