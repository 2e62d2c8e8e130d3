#pragma once

#include <string>
#include <vector>

#include "io/stream.h"

namespace moldau::bench {

/// Starts a broker, creates a topic and produces one record, then leaves the broker alone for a while. The
/// broker is ended afterwards.
struct Start {
  std::vector<std::string> command;
  std::string ready = "bootstrap.servers=";  ///< in a line that the command prints when it is ready
  io::SocketAddress address;
  double settle_seconds = 0;  ///< alone before the idle while
  double idle_seconds = 0;    ///< the idle while
};

/// Prints: from exec to the ready line and to the acknowledged record; then memory and processor time of the
/// idle while.
void run(const Start& start);

}  // namespace moldau::bench
