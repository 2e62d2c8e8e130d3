#pragma once

#include <CLI/CLI.hpp>

#include "tools/dump_options.h"

namespace moldau::broker {

/// `moldau dump-log`, with the flags of kafka-dump-log and `--json`.
class DumpCommand {
 public:
  /// Adds the flags to `command`, which outlives this.
  explicit DumpCommand(CLI::App& command);

  /// Dumps the files; gives the exit status.
  int run();

 private:
  tools::DumpOptions options_;
  bool cluster_metadata_ = false;
  bool offsets_ = false;
  bool transaction_log_ = false;
  bool share_group_state_ = false;
};

}  // namespace moldau::broker
