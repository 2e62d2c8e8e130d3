#include "runtime/layered_config.h"

#include <string>
#include <utility>
#include <vector>

#include "config/dynamic_config.h"
#include "observe/log.h"

namespace moldau::runtime {
namespace {

config::Properties usable(const metadata::Configs* configs, config::DynamicScope scope) {
  if (configs == nullptr) return {};
  config::Properties properties;
  for (const auto& [name, value] : *configs) {
    properties[name] = value;
  }
  std::vector<std::string> ignored;
  return config::usable_dynamic(properties, scope, ignored);
}

}  // namespace

const config::BrokerConfig& LayeredConfig::with(const metadata::Configs* broker,
                                                const metadata::Configs* defaults) {
  config::BrokerLayers layers{.fixed = fixed_.layers().fixed,
                              .dynamic_default = usable(defaults, config::DynamicScope::kClusterDefault),
                              .dynamic_broker = usable(broker, config::DynamicScope::kPerBroker)};
  if (layers.dynamic_default.empty() && layers.dynamic_broker.empty()) return fixed_;
  const bool is_same = layered_ && layered_->layers().dynamic_default == layers.dynamic_default &&
                       layered_->layers().dynamic_broker == layers.dynamic_broker;
  if (is_same) return *layered_;
  auto resolved = config::BrokerConfig::resolve(std::move(layers));
  if (!resolved) {
    observe::warn("dynamic configurations take no effect: {}", resolved.error().message);
    return fixed_;
  }
  layered_ = std::make_unique<config::BrokerConfig>(std::move(*resolved));
  return *layered_;
}

}  // namespace moldau::runtime
