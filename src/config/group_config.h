#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "config/broker_config.h"

namespace moldau::config {

/// Checks the overrides of a GROUP resource against the table and the broker's limits. kInvalidConfig with
/// Apache's text.
Result<void> validate_group_overrides(const BrokerConfig& broker,
                                      const std::map<std::string, std::optional<std::string>>& overrides);

}  // namespace moldau::config
