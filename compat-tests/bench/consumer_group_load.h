#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/types.h>

#include "io/stream.h"

namespace moldau::bench {

/// Consumer groups (KIP-848) whose members all join at once, until each has its part of a topic and the group
/// is stable; then they leave. First some groups at the same time, to warm up, then one.
struct ConsumerGroupLoad {
  io::SocketAddress address;
  pid_t process = 0;             ///< to measure
  std::string name = "members";  ///< of the topic, and how the names of the groups begin
  std::size_t members = 200;
  std::int32_t partitions = 400;  ///< of the topic; a multiple of the members
  std::size_t warm_up = 4;        ///< groups
};

/// Prints what the one group costs the broker, and the time from its first join until it is stable.
void run(const ConsumerGroupLoad& load);

}  // namespace moldau::bench
