#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "broker/server.h"
#include "config/broker_config.h"

namespace moldau::broker {

/// The whole file at `path` as text.
Result<std::string> read_text_file(const std::string& path);

/// The whole text to the file at `path`, in place of what it held.
Result<void> write_text_file(const std::string& path, std::string_view text);

/// The configuration that the command line asks for, with what config providers find on this machine.
/// INVALID_CONFIG names key, value and what is allowed.
Result<config::BrokerConfig> load_config(const ServerOptions& options);

}  // namespace moldau::broker
