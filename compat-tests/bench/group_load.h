#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/types.h>

#include "io/stream.h"

namespace moldau::bench {

/// Classic groups, one after another, of the same members: all find the coordinator, join until the group is
/// stable with all of them, send a heartbeat and leave.
struct GroupLoad {
  io::SocketAddress address;
  pid_t process = 0;            ///< to measure
  std::string group = "group";  ///< how the names of the groups begin
  std::size_t members = 200;
  std::size_t rounds = 5;
  std::size_t warm_up = 1;           ///< rounds that are not measured, of these
  std::int64_t heartbeat_ms = 3000;  ///< `heartbeat.interval.ms`: how soon members learn of a rebalance
};

/// Prints what a group costs the broker, and the time from its first join until it is stable.
void run(const GroupLoad& load);

}  // namespace moldau::bench
