#pragma once

#include "base/result.h"
#include "broker/server.h"
#include "config/broker_config.h"

namespace moldau::broker {

/// The configuration that the command line asks for, with what config providers find on this machine.
/// INVALID_CONFIG names key, value and what is allowed.
Result<config::BrokerConfig> load_config(const ServerOptions& options);

}  // namespace moldau::broker
