#include "api/wanted_configs.h"

#include <set>
#include <string>
#include <utility>

#include "api/config_resources.h"
#include "base/split.h"
#include "config/dynamic_config.h"
#include "config/value.h"

namespace moldau::api {
namespace {

using metadata::AlterOperation;
using metadata::ConfigResourceType;

std::unexpected<Error> bad_request(std::string why) {
  return fail(ErrorCode::kInvalidRequest, std::move(why));
}

/// Adds the parts of a list to a broker's config, or takes them away.
Result<void> change_list(const WantedConfig& wanted, AlterOperation operation,
                         config::Properties& properties) {
  const std::string name(wanted.name);
  const config::ConfigKey* key = config::find_key(config::ResourceType::kBroker, name);
  if (key == nullptr) return fail(ErrorCode::kInvalidConfig, "Unknown config name: " + name);
  if (key->type != config::ConfigType::kList) {
    return fail(ErrorCode::kInvalidConfig,
                std::string("Config value ") +
                    (operation == AlterOperation::kAppend ? "append" : "subtract") +
                    " is not allowed for config key: " + name);
  }
  const auto present = properties.find(name);
  const std::string before =
      present != properties.end() ? present->second : config::to_text(config::default_of(*key)).value_or("");
  properties[name] = metadata::altered_list(java_split(before, ','), wanted.value.value_or(""), operation);
  return {};
}

Result<void> apply(const WantedConfig& wanted, config::Properties& properties) {
  const auto operation = static_cast<AlterOperation>(wanted.operation);
  switch (operation) {
    case AlterOperation::kSet:
      properties[std::string(wanted.name)] = wanted.value.value_or("");
      return {};
    case AlterOperation::kDelete:
      properties.erase(std::string(wanted.name));
      return {};
    case AlterOperation::kAppend:
    case AlterOperation::kSubtract:
      return change_list(wanted, operation, properties);
  }
  return bad_request("Unknown operations type " + std::to_string(wanted.operation));
}

/// The change of this broker, or of all brokers, as this broker would have to follow it.
Result<void> check_broker_change(const Context& context, const WantedResource& wanted,
                                 metadata::Alteration kind) {
  using config::DynamicScope;
  const auto scope = wanted.name.empty() ? DynamicScope::kClusterDefault : DynamicScope::kPerBroker;
  if (scope == DynamicScope::kPerBroker) {
    const std::int32_t own = context.node.id().value();
    const auto id = node_named(wanted.name, "Node id");
    if (!id) return fail(id.error());
    if (*id != own) {
      return bad_request("Unexpected broker id, expected " + std::to_string(own) + ", but received " +
                         std::string(wanted.name));
    }
  }
  runtime::LayeredConfig layered(context.node.config());
  const config::BrokerConfig& current = config_in_force(context, layered);
  config::BrokerLayers next = current.layers();
  config::Properties& altered =
      scope == DynamicScope::kPerBroker ? next.dynamic_broker : next.dynamic_default;
  if (kind == metadata::Alteration::kReplaceAll) altered.clear();
  for (const WantedConfig& one : wanted.configs) {
    if (auto applied = apply(one, altered); !applied) return applied;
  }
  const auto checked = config::check_dynamic_change(current, next, scope);
  if (!checked) return bad_request(checked.error().message);
  return {};
}

}  // namespace

Result<void> check_at_broker(const Context& context, const WantedResource& wanted,
                             metadata::Alteration kind) {
  std::set<std::string_view> names;
  std::string nulls;
  for (const WantedConfig& one : wanted.configs) {
    if (!names.insert(one.name).second) return bad_request("Error due to duplicate config keys");
    const bool is_deleted = one.operation == static_cast<std::int8_t>(AlterOperation::kDelete);
    if (!one.value && !is_deleted) nulls.append(nulls.empty() ? "" : ", ").append(one.name);
  }
  if (!nulls.empty()) return bad_request("Null value not supported for : " + nulls);
  switch (wanted.type) {
    case code_of(ConfigResourceType::kTopic):
    case code_of(ConfigResourceType::kClientMetrics):
    case code_of(ConfigResourceType::kGroup):
      return {};
    case code_of(ConfigResourceType::kBroker):
      return check_broker_change(context, wanted, kind);
    case kBrokerLogger:
      if (kind == metadata::Alteration::kIncremental) return check_loggers(context, wanted);
      break;
    default:
      break;
  }
  return bad_request("Unknown resource type " + std::to_string(wanted.type));
}

Result<void> check_loggers(const Context& context, const WantedResource& wanted) {
  const std::int32_t own = context.node.id().value();
  const auto id = node_named(wanted.name, "Node id");
  if (!id) return fail(id.error());
  if (*id != own) {
    return bad_request("Unexpected node id. Expected " + std::to_string(own) + ", but received " +
                       std::to_string(*id));
  }
  constexpr std::string_view kResource = " is not allowed for the BROKER_LOGGER resource";
  for (const WantedConfig& one : wanted.configs) {
    switch (static_cast<AlterOperation>(one.operation)) {
      case AlterOperation::kSet:
      case AlterOperation::kDelete:
        return fail(ErrorCode::kInvalidConfig, "Logger " + std::string(one.name) + " does not exist!");
      case AlterOperation::kAppend:
        return bad_request("APPEND operation" + std::string(kResource));
      case AlterOperation::kSubtract:
        return bad_request("SUBTRACT operation" + std::string(kResource));
    }
    // Apache Kafka fails inside.
    return fail(ErrorCode::kUnknownServerError);
  }
  return {};
}

}  // namespace moldau::api
