#pragma once

#include "base/result.h"
#include "config/broker_config.h"

namespace moldau::broker {

/// kInvalidConfig for what Apache Kafka serves and this program does not, where going on without it would do
/// other than what was asked for: roles of their own, listeners with TLS or SASL, an authorizer.
Result<void> check_served(const config::BrokerConfig& config);

}  // namespace moldau::broker
