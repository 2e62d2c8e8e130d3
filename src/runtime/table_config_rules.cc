#include "runtime/table_config_rules.h"

#include <algorithm>
#include <map>
#include <optional>

#include "config/client_metrics.h"
#include "config/describe.h"
#include "config/group_config.h"
#include "config/key.h"
#include "config/synonyms.h"
#include "config/topic_config.h"
#include "config/value.h"

namespace moldau::runtime {
namespace {

/// Where a topic's value comes from. Unlike DescribeConfigs, the controller counts every name by which a
/// broker's setting may be given, such as `log.retention.hours`.
config::ConfigSource source_of(const config::BrokerConfig& broker, const config::DescribedConfig& described) {
  const config::ConfigKey* key = config::find_key(config::ResourceType::kTopic, described.name);
  if (described.source != config::ConfigSource::kDefault || key == nullptr || key->broker_key.empty()) {
    return described.source;
  }
  const config::BrokerLayers& layers = broker.layers();
  for (const std::string& name : config::broker_synonyms(key->broker_key, true)) {
    if (layers.dynamic_broker.contains(name)) return config::ConfigSource::kDynamicBroker;
    if (layers.dynamic_default.contains(name)) return config::ConfigSource::kDynamicDefaultBroker;
    if (layers.fixed.contains(name)) return config::ConfigSource::kStaticBroker;
  }
  return described.source;
}

}  // namespace

Result<void> TableConfigRules::validate(const metadata::ConfigResource& resource,
                                        const metadata::ConfigLayers& below,
                                        const metadata::Configs& existing,
                                        const metadata::Configs& altered) const {
  std::map<std::string, std::optional<std::string>> overrides;
  for (const auto& [name, value] : altered) {
    overrides[name] = value;
  }
  switch (resource.type) {
    case static_cast<std::int8_t>(metadata::ConfigResourceType::kTopic):
      return config::validate_topic_overrides(layered_.with(below.node, below.cluster), existing, overrides);
    case static_cast<std::int8_t>(metadata::ConfigResourceType::kGroup):
      if (resource.name.empty()) {
        return fail(ErrorCode::kInvalidRequest, "Default group resources are not allowed.");
      }
      return config::validate_group_overrides(config_, overrides);
    case static_cast<std::int8_t>(metadata::ConfigResourceType::kClientMetrics):
      if (resource.name.empty()) {
        return fail(ErrorCode::kInvalidRequest, "Subscription name can't be empty");
      }
      return config::validate_client_metrics(altered);
    default:
      return {};
  }
}

std::optional<std::string> TableConfigRules::list_default(const metadata::ConfigResource& resource,
                                                          std::string_view name) const {
  const bool is_topic = resource.type == static_cast<std::int8_t>(metadata::ConfigResourceType::kTopic);
  const bool is_broker = resource.type == static_cast<std::int8_t>(metadata::ConfigResourceType::kBroker);
  if (!is_topic && !is_broker) return std::nullopt;
  const config::ConfigKey* key =
      config::find_key(is_topic ? config::ResourceType::kTopic : config::ResourceType::kBroker, name);
  if (key == nullptr || key->type != config::ConfigType::kList) return std::nullopt;
  return config::to_text(config::default_of(*key)).value_or("");
}

std::string TableConfigRules::effective_value(std::string_view name,
                                              const metadata::ConfigLayers& layers) const {
  for (const metadata::EffectiveConfig& config : effective_configs(layers)) {
    if (config.name == name) return config.value.value_or("");
  }
  return "";
}

std::vector<metadata::EffectiveConfig> TableConfigRules::effective_configs(
    const metadata::ConfigLayers& layers) const {
  std::vector<metadata::EffectiveConfig> effective;
  const config::BrokerConfig& broker = layered_.with(layers.node, layers.cluster);
  const metadata::Configs topic = layers.topic == nullptr ? metadata::Configs() : *layers.topic;
  for (config::DescribedConfig& described : config::describe_topic(broker, topic)) {
    const config::ConfigSource source = source_of(broker, described);
    effective.push_back({.name = std::move(described.name),
                         .value = std::move(described.value),
                         .source = static_cast<std::int8_t>(source),
                         .is_sensitive = described.sensitive,
                         .is_read_only = described.read_only});
  }
  // What a topic sets is shown as it was given, and not as it is understood.
  for (metadata::EffectiveConfig& config : effective) {
    if (layers.topic == nullptr) break;
    if (const auto given = layers.topic->find(config.name); given != layers.topic->end()) {
      config.value = given->second;
    }
  }
  std::ranges::sort(effective, {}, &metadata::EffectiveConfig::name);
  return effective;
}

}  // namespace moldau::runtime
