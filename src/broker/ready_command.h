#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <ostream>
#include <string>

namespace moldau::broker {

/// `moldau ready`: whether a broker serves clients.
class ReadyCommand {
 public:
  /// Adds the flags to `command`, which outlives this, as do the streams.
  ReadyCommand(CLI::App& command, std::ostream& out, std::ostream& err);

  /// Waits until the broker serves, at most for the time given; gives the exit status.
  int run();

 private:
  std::ostream& out_;
  std::ostream& err_;
  std::string bootstrap_server_ = "localhost:9092";
  std::int64_t timeout_ms_ = 10000;
};

}  // namespace moldau::broker
