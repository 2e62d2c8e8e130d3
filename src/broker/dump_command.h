#pragma once

#include <CLI/CLI.hpp>
#include <ostream>

#include "tools/dump_options.h"

namespace moldau::broker {

/// `moldau dump-log`, with the flags of kafka-dump-log and `--json`.
class DumpCommand {
 public:
  /// Adds the flags to `command`, which outlives this, as do the streams.
  DumpCommand(CLI::App& command, std::ostream& out, std::ostream& err);

  /// Dumps the files; gives the exit status.
  int run();

 private:
  std::ostream& out_;
  std::ostream& err_;
  tools::DumpOptions options_;
  bool cluster_metadata_ = false;
  bool offsets_ = false;
  bool transaction_log_ = false;
  bool share_group_state_ = false;
};

}  // namespace moldau::broker
