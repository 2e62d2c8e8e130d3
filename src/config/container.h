#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

/// How Apache Kafka's container image makes its server.properties.
namespace moldau::config {

/// Variables of a process by name.
using Environment = std::map<std::string, std::string, std::less<>>;

/// The property that a variable sets: KAFKA_ is taken off, the rest is lower case with "." for "_", "_" for
/// "__" and "-" for "___". nullopt for variables that set none: other names, and those the image keeps for
/// its scripts, such as KAFKA_OPTS.
std::optional<std::string> property_of_variable(std::string_view name);

/// Fills in what the image's scripts do: CLUSTER_ID, and KAFKA_LISTENERS by way of KAFKA_ADVERTISED_LISTENERS
/// with every host 0.0.0.0. A variable that is empty counts as not set. kInvalidConfig where a controller
/// alone is given KAFKA_ADVERTISED_LISTENERS.
Result<void> prepare_container(Environment& environment);

/// The text of server.properties: the mounted file if there is one, then a line for each variable that sets a
/// property, in the order of their names; `defaults` where both together are blank. Values are not escaped,
/// as in the image.
std::string container_properties(const Environment& environment, std::optional<std::string_view> mounted,
                                 std::string_view defaults);

}  // namespace moldau::config
