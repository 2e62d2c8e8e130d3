#pragma once

#include <string>
#include <vector>

namespace moldau::bench {

/// Starts a broker on an empty folder, creates a topic and produces one record, then leaves the broker alone
/// for a while. The broker is ended afterwards.
struct Start {
  std::vector<std::string> command;  ///< prints "bootstrap.servers=host:port" when it is ready
  double idle_seconds = 0;
};

/// Prints: from exec to the ready line and to the acknowledged record; then memory and processor time of the
/// idle while.
void run(const Start& start);

}  // namespace moldau::bench
