#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "api/context.h"
#include "base/result.h"
#include "metadata/config_decisions.h"

namespace moldau::api {

/// One config of an alteration as the request says it. Views into the frame.
struct WantedConfig {
  std::string_view name;
  std::int8_t operation = 0;  ///< A metadata::AlterOperation, if it is one; AlterConfigs sets all it names.
  std::optional<std::string_view> value;
};

/// One resource of AlterConfigs or IncrementalAlterConfigs.
struct WantedResource {
  std::int8_t type = 0;
  std::string_view name;
  std::vector<WantedConfig> configs;
};

/// What a broker refuses before it asks the controller (Apache Kafka's ConfigAdminManager): configs named
/// twice, nulls, other brokers, unknown resources, and changes of this broker that it could not follow.
Result<void> check_at_broker(const Context& context, const WantedResource& wanted, metadata::Alteration kind);

/// Of a node's loggers there is none to alter: refusals in Apache Kafka's order and words.
Result<void> check_loggers(const Context& context, const WantedResource& wanted);

}  // namespace moldau::api
