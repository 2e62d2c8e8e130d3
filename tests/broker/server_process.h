#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "temp_folder.h"

namespace moldau::broker::testing {

/// `moldau server` as a process of its own, killed at the end if it still runs.
class ServerProcess {
 public:
  /// Starts it with further arguments; without one of them, it has no admin port.
  explicit ServerProcess(const std::vector<std::string>& arguments);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// The next line of its stdout; empty when it ends before it wrote one.
  std::string read_line();
  /// The address behind "bootstrap.servers=" in the next line.
  std::string read_bootstrap();
  /// Sends the signal and waits for the end; gives the exit status, or -1 if a signal ended it.
  int stop(int signal);
  /// Waits until it ends by itself; otherwise as stop().
  int wait_for_end();
  /// What it has written to stderr so far.
  std::string log() const { return folder_.read("log"); }

 private:
  TempFolder folder_;
  int out_ = -1;
  pid_t pid_ = -1;
};

}  // namespace moldau::broker::testing
