#pragma once

#include <cstdint>
#include <string_view>

#include "api/context.h"
#include "base/result.h"
#include "config/broker_config.h"
#include "metadata/image.h"
#include "runtime/layered_config.h"

/// What DescribeConfigs and the two kinds of AlterConfigs have in common.
namespace moldau::api {

/// The loggers of a broker: a resource that has no configs in the metadata log.
inline constexpr std::int8_t kBrokerLogger = 8;

constexpr std::int8_t code_of(metadata::ConfigResourceType type) {
  return static_cast<std::int8_t>(type);
}

/// The dynamic configs of a resource; nullptr for none. Lives as long as the context's view.
const metadata::Configs* configs_of(const Context& context, metadata::ConfigResourceType type,
                                    std::string_view name);

/// The same as properties.
config::Properties overrides_of(const Context& context, metadata::ConfigResourceType type,
                                std::string_view name);

/// This broker's configuration with everything that is set for it. Lives until `layered` is used again.
const config::BrokerConfig& config_in_force(const Context& context, runtime::LayeredConfig& layered);

/// The node that the name of a resource stands for. INVALID_REQUEST, beginning with `what`, if it is no
/// number.
Result<std::int32_t> node_named(std::string_view name, std::string_view what);

}  // namespace moldau::api
