#include "api/config_resources.h"

#include <string>

#include "config/java_number.h"

namespace moldau::api {

const metadata::Configs* configs_of(const Context& context, metadata::ConfigResourceType type,
                                    std::string_view name) {
  return context.cluster->image.configs_of({.type = code_of(type), .name = std::string(name)});
}

config::Properties overrides_of(const Context& context, metadata::ConfigResourceType type,
                                std::string_view name) {
  const metadata::Configs* configs = configs_of(context, type, name);
  return configs == nullptr ? config::Properties() : *configs;
}

const config::BrokerConfig& config_in_force(const Context& context, runtime::LayeredConfig& layered) {
  const std::string id = std::to_string(context.node.id().value());
  return layered.with(configs_of(context, metadata::ConfigResourceType::kBroker, id),
                      configs_of(context, metadata::ConfigResourceType::kBroker, ""));
}

Result<std::int32_t> node_named(std::string_view name, std::string_view what) {
  const auto id = config::parse_integer<std::int32_t>(name);
  if (id) return *id;
  return fail(ErrorCode::kInvalidRequest,
              std::string(what) + " must be an integer, but it is: " + std::string(name));
}

}  // namespace moldau::api
