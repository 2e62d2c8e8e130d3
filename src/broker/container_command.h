#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/broker_config.h"

namespace moldau::broker {

/// `moldau container`: what starts in the container image. Makes server.properties of the environment as
/// Apache Kafka's image does, formats the log directories if none is formatted, and runs the node.
class ContainerCommand {
 public:
  /// Adds the flags to `command`, which outlives this.
  explicit ContainerCommand(CLI::App& command);

  /// Runs until the node ends; gives the exit status.
  int run();

 private:
  Result<config::BrokerConfig> prepare();

  std::vector<std::string> variables_;
  std::string defaults_ = "/etc/kafka/docker";
  std::string mounted_ = "/mnt/shared/config";
  std::string final_ = "/opt/kafka/config";
};

}  // namespace moldau::broker
