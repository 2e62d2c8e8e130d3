#pragma once

#include "base/result.h"
#include "config/broker_config.h"

namespace moldau::config {

/// Whether a BROKER resource is one broker or the default of all (an empty name).
enum class DynamicScope : std::uint8_t { kPerBroker, kClusterDefault };

/// Checks the dynamic configurations an alteration would leave in force. kInvalidConfig with Apache's text:
/// names that cannot change, security settings without a listener, values, per-broker names as defaults.
Result<void> validate_dynamic(const Properties& properties, DynamicScope scope);

/// Checks an alteration that would give a broker the layers of `next` in place of those of `current`, as the
/// broker itself does before it asks the controller: validate_dynamic() for the layer of that scope, then the
/// configuration as a whole, then what may not change by much at once.
Result<void> check_dynamic_change(const BrokerConfig& current, const BrokerLayers& next, DynamicScope scope);

/// What of a BROKER resource in the metadata log takes effect; the names left out go to `ignored`.
Properties usable_dynamic(const Properties& properties, DynamicScope scope,
                          std::vector<std::string>& ignored);

}  // namespace moldau::config
