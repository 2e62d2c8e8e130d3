#include "broker/served_config.h"

#include <string>
#include <utility>
#include <variant>

namespace moldau::broker {
namespace {

Result<void> refuse(std::string_view value, std::string_view key, std::string_view served) {
  return fail(ErrorCode::kInvalidConfig, std::string("Invalid value ")
                                             .append(value)
                                             .append(" for configuration ")
                                             .append(key)
                                             .append(": Moldau serves ")
                                             .append(served));
}

Result<void> check_roles(const config::NodeSection& node) {
  if (node.is_broker && node.is_controller) return {};
  return refuse(node.is_broker ? "broker" : "controller", "process.roles",
                "nodes that are both, broker,controller");
}

Result<void> check_listeners(const config::ListenerSection& listeners) {
  for (const config::Endpoint& endpoint : listeners.all) {
    if (endpoint.protocol == config::SecurityProtocol::kPlaintext) continue;
    return refuse(endpoint.listener + "://" + endpoint.host + ":" + std::to_string(endpoint.port),
                  "listeners", "PLAINTEXT, not " + std::string(protocol_name(endpoint.protocol)));
  }
  return {};
}

Result<void> check_authorizer(const config::BrokerConfig& config) {
  constexpr std::string_view kKey = "authorizer.class.name";
  const auto& name = std::get<std::string>(config.value(kKey));
  if (name.empty()) return {};
  return refuse(name, kKey, "without an authorizer: everyone would be allowed everything");
}

Result<void> check_tiered_storage(const config::BrokerConfig& config) {
  constexpr std::string_view kKey = "remote.log.storage.system.enable";
  if (!std::get<bool>(config.value(kKey))) return {};
  return refuse("true", kKey, "topics without tiered storage: what is in it would be out of reach");
}

}  // namespace

Result<void> check_served(const config::BrokerConfig& config) {
  if (auto checked = check_roles(config.node); !checked) return checked;
  if (auto checked = check_listeners(config.listeners); !checked) return checked;
  if (auto checked = check_authorizer(config); !checked) return checked;
  return check_tiered_storage(config);
}

}  // namespace moldau::broker
