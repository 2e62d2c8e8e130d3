#include "runtime/layered_config.h"

#include <string>
#include <utility>
#include <vector>

#include "config/dynamic_config.h"
#include "observe/log.h"

namespace moldau::runtime {
namespace {

config::Properties usable(const metadata::Configs& configs, config::DynamicScope scope) {
  std::vector<std::string> ignored;
  return config::usable_dynamic(configs, scope, ignored);
}

}  // namespace

const config::BrokerConfig& LayeredConfig::with(const metadata::Configs* broker,
                                                const metadata::Configs* defaults) {
  static const metadata::Configs kNone;
  const metadata::Configs& of_broker = broker == nullptr ? kNone : *broker;
  const metadata::Configs& of_all = defaults == nullptr ? kNone : *defaults;
  if (layered_ && broker_ == of_broker && defaults_ == of_all) return *layered_;
  config::Properties for_all = usable(of_all, config::DynamicScope::kClusterDefault);
  config::Properties for_broker = usable(of_broker, config::DynamicScope::kPerBroker);
  if (for_all.empty() && for_broker.empty()) return fixed_;
  auto resolved = config::BrokerConfig::resolve({.fixed = fixed_.layers().fixed,
                                                 .dynamic_default = std::move(for_all),
                                                 .dynamic_broker = std::move(for_broker)});
  if (!resolved) {
    observe::warn("dynamic configurations take no effect: {}", resolved.error().message);
    return fixed_;
  }
  layered_ = std::make_unique<config::BrokerConfig>(std::move(*resolved));
  broker_ = of_broker;
  defaults_ = of_all;
  return *layered_;
}

}  // namespace moldau::runtime
