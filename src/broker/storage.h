#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

namespace moldau::broker {

/// `moldau storage format|info|random-uuid`, with the flags of kafka-storage.
class StorageCommand {
 public:
  /// Adds the subcommands to `parent`, which outlives this.
  explicit StorageCommand(CLI::App& parent);

  /// Carries out the one that was given; gives the exit status.
  int run();

 private:
  int format();
  int info();
  int random_uuid();

  CLI::App* format_ = nullptr;
  CLI::App* info_ = nullptr;
  CLI::App* random_uuid_ = nullptr;
  std::string config_file_;
  std::string cluster_id_;
  std::optional<std::string> release_version_;
  std::vector<std::string> features_;
  bool standalone_ = false;
  bool no_initial_controllers_ = false;
  bool ignore_formatted_ = false;
};

}  // namespace moldau::broker
