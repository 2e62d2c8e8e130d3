#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "batches.h"
#include "io/stream.h"
#include "meter.h"

namespace moldau::bench {

/// Producers that keep requests under way, one batch of one partition each. Each connection writes to all
/// partitions in turn, as a client's only connection to a broker does; they begin at as many places. Each
/// partition has a batch before the load begins.
struct ProduceLoad {
  io::SocketAddress address;
  bool to_floor = false;  ///< the bare program, which takes the same frames
  std::string topic = "bench";
  std::size_t connections = 4;
  std::size_t partitions = 0;  ///< 0: as many as connections
  std::size_t under_way = 5;
  std::int16_t acks = 1;                   ///< or -1
  bool topic_exists = false;               ///< with as many partitions; else it is created
  std::vector<std::string> topic_configs;  ///< name=value
  std::uint64_t bytes_per_second = 0;      ///< most that is sent in all; 0: no limit
  bool deletes_topic = false;              ///< in the end
  BatchShape shape;
  MeterOptions meter;
};

/// Runs it and prints the report.
void run(const ProduceLoad& load);

/// Fills the partitions of a new topic with `partition_bytes` of batches each, as far as whole ones fit.
struct Fill {
  io::SocketAddress address;
  std::string topic = "bench";
  std::int32_t partitions = 4;
  std::uint64_t partition_bytes = 0;
  BatchShape shape;
};
void run(const Fill& fill);

}  // namespace moldau::bench
