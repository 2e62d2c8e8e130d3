#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/broker_config.h"

namespace moldau::config {

/// Checks the overrides of a GROUP resource against the table and the broker's limits. kInvalidConfig with
/// Apache's text.
Result<void> validate_group_overrides(const BrokerConfig& broker,
                                      const std::map<std::string, std::optional<std::string>>& overrides);

/// A number that holds for a group: its override where it has one, within the broker's limits as they are
/// now, else the broker's default. `name` is a configuration of the group with a number.
std::int64_t group_value(const BrokerConfig& broker,
                         const std::map<std::string, std::string, std::less<>>* overrides,
                         std::string_view name);

}  // namespace moldau::config
