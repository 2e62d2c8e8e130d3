#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "io/stream.h"
#include "meter.h"

namespace moldau::bench {

/// Committers that are no members of their group, as tools and clients that assign themselves their
/// partitions are. Each has a connection and a group of its own, keeps requests under way, and commits one
/// offset a request.
struct CommitsLoad {
  io::SocketAddress address;
  std::string topic = "committed";
  std::int32_t partitions = 1;
  std::size_t connections = 4;
  std::size_t under_way = 5;
  MeterOptions meter;  ///< by requests
};

/// Runs it with a new topic and prints what a commit costs the broker.
void run(const CommitsLoad& load);

}  // namespace moldau::bench
