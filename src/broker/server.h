#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/broker_config.h"

namespace moldau::broker {

/// `moldau server`: what the command line says.
struct ServerOptions {
  std::optional<std::string> properties_file = {};  ///< without it, the defaults of a single node
  std::optional<std::string> properties_text = {};  ///< in place of a file
  std::vector<std::string> overrides = {};          ///< "name=value"
  std::optional<std::string> data_dir = {};         ///< stands for log.dirs
  std::optional<int> port = {};  ///< of the client listener without a file; 0 takes a free one
};

/// Runs a node until it is told to stop by SIGTERM or SIGINT; gives the exit status. Prints one line on
/// stdout when it is ready, with the address for clients; everything else goes to the log.
int run_server(const ServerOptions& options);

/// The same with a configuration that has been read. Log directories that are all empty are formatted for a
/// new cluster if `format_when_empty`.
int run_node(Result<config::BrokerConfig> config, bool format_when_empty);

}  // namespace moldau::broker
