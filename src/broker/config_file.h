#pragma once

#include <string>

#include "base/result.h"
#include "broker/server.h"
#include "config/broker_config.h"

namespace moldau::broker {

/// The whole file at `path` as text.
Result<std::string> read_text_file(const std::string& path);

/// The configuration that the command line asks for. INVALID_CONFIG names key, value and what is allowed.
Result<config::BrokerConfig> load_config(const ServerOptions& options);

}  // namespace moldau::broker
