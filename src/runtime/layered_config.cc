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
  config::Properties for_all = usable(defaults, config::DynamicScope::kClusterDefault);
  config::Properties for_broker = usable(broker, config::DynamicScope::kPerBroker);
  if (for_all.empty() && for_broker.empty()) return fixed_;
  const bool is_same = layered_ && layered_->layers().dynamic_default == for_all &&
                       layered_->layers().dynamic_broker == for_broker;
  if (is_same) return *layered_;
  auto resolved = config::BrokerConfig::resolve({.fixed = fixed_.layers().fixed,
                                                 .dynamic_default = std::move(for_all),
                                                 .dynamic_broker = std::move(for_broker)});
  if (!resolved) {
    observe::warn("dynamic configurations take no effect: {}", resolved.error().message);
    return fixed_;
  }
  layered_ = std::make_unique<config::BrokerConfig>(std::move(*resolved));
  return *layered_;
}

}  // namespace moldau::runtime
