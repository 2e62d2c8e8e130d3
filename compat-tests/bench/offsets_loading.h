#pragma once

#include <string>
#include <vector>

#include "io/stream.h"
#include "offsets_shape.h"

namespace moldau::bench {

/// Starts a broker on what OffsetsFill has left, and asks each group in turn for an offset until it knows it.
/// The broker is told to stop afterwards, so that its folder can be used again.
struct OffsetsLoading {
  std::vector<std::string> command;
  std::string ready = "bootstrap.servers=";  ///< in a line that the command prints when it is ready
  io::SocketAddress address;
  OffsetsShape shape;
};

/// Prints how long that took from exec on, and the processor time. Ends the program when a group has another
/// offset than it committed last, or answers anything but that its coordinator is still loading.
void run(const OffsetsLoading& loading);

}  // namespace moldau::bench
