#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "batches.h"
#include "io/stream.h"
#include "meter.h"

namespace moldau::bench {

/// Consumers that read their partition from its start again and again, one fetch under way a connection.
/// Every connection has a partition of its own, which Fill has filled with the same shape.
struct ConsumeLoad {
  io::SocketAddress address;
  bool from_floor = false;  ///< the bare program, on the file of one of the partitions
  std::string topic = "bench";
  std::size_t connections = 4;
  std::size_t fetch_bytes = 1 << 20;  ///< `max.partition.fetch.bytes`
  std::uint64_t partition_bytes = 0;
  BatchShape shape;
  MeterOptions meter;
};

/// Runs it and prints the report.
void run(const ConsumeLoad& load);

}  // namespace moldau::bench
