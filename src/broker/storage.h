#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/broker_config.h"
#include "config/initial_controllers.h"
#include "io/host.h"

namespace moldau::broker {

/// `moldau storage`: kafka-storage of Apache Kafka 4.3.1, with its commands, flags, messages and exit
/// statuses.
class StorageCommand {
 public:
  /// Adds the subcommands to `parent`, which outlives this, as do the streams.
  StorageCommand(CLI::App& parent, std::ostream& out, std::ostream& err);

  /// Carries out the one that was given; gives the exit status.
  int run();

 private:
  Result<int> dispatch();
  Result<int> format();
  Result<config::InitialControllers> standalone_controllers(const config::BrokerConfig& config,
                                                            io::Random& random) const;
  Result<int> info();
  Result<int> version_mapping();
  Result<int> feature_dependencies();
  Result<void> print_dependencies(const std::string& argument);
  int random_uuid();

  std::ostream& out_;
  std::ostream& err_;
  CLI::App* format_;
  CLI::App* info_;
  CLI::App* version_mapping_;
  CLI::App* feature_dependencies_;
  std::string config_file_;
  std::string cluster_id_;
  std::optional<std::string> release_version_;
  std::vector<std::string> features_;
  std::vector<std::string> credentials_;
  std::optional<std::string> initial_controllers_;
  bool standalone_ = false;
  bool no_initial_controllers_ = false;
  bool ignore_formatted_ = false;
};

}  // namespace moldau::broker
