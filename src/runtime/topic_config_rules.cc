#include "runtime/topic_config_rules.h"

#include <map>
#include <optional>

#include "config/describe.h"
#include "config/topic_config.h"

namespace moldau::runtime {
namespace {

config::Properties properties_of(const metadata::Configs* configs) {
  config::Properties properties;
  if (configs == nullptr) return properties;
  for (const auto& [name, value] : *configs) {
    properties[name] = value;
  }
  return properties;
}

}  // namespace

Result<void> TopicRules::validate(const metadata::Configs& topic_configs) const {
  std::map<std::string, std::optional<std::string>> overrides;
  for (const auto& [name, value] : topic_configs) {
    overrides[name] = value;
  }
  return config::validate_topic_overrides(config_, {}, overrides);
}

std::string TopicRules::effective_value(std::string_view name, const metadata::ConfigLayers& layers) const {
  for (const metadata::EffectiveConfig& config : effective_configs(layers)) {
    if (config.name == name) return config.value.value_or("");
  }
  return "";
}

std::vector<metadata::EffectiveConfig> TopicRules::effective_configs(
    const metadata::ConfigLayers& layers) const {
  std::vector<metadata::EffectiveConfig> effective;
  for (config::DescribedConfig& described : config::describe_topic(config_, properties_of(layers.topic))) {
    effective.push_back({.name = std::move(described.name),
                         .value = std::move(described.value),
                         .source = static_cast<std::int8_t>(described.source),
                         .is_sensitive = described.sensitive,
                         .is_read_only = described.read_only});
  }
  return effective;
}

}  // namespace moldau::runtime
