#pragma once

#include <cstddef>

#include <sys/types.h>

#include "io/stream.h"

namespace moldau::bench {

/// Opens connections, a bounded number at a time. Each asks for ApiVersions and for Metadata of no topics, as
/// clients do first, and then stays idle.
struct ConnectionsLoad {
  io::SocketAddress address;
  pid_t process = 0;           ///< to measure
  std::size_t count = 10000;   ///< measured
  std::size_t warm_up = 2000;  ///< set up and closed before
  std::size_t at_a_time = 64;
};

/// Prints the processor time that setting one up costs the broker, and the resident memory that an idle one
/// takes there: sockets in the kernel are not part of it, and what the warm-up's connections left behind is
/// used again.
void run(const ConnectionsLoad& load);

}  // namespace moldau::bench
