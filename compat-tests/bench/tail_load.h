#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "batches.h"
#include "io/stream.h"
#include "meter.h"

namespace moldau::bench {

/// One producer at a fixed rate, and consumers that all read the end of its partition. The meter counts what
/// they get.
struct TailLoad {
  io::SocketAddress address;
  std::string topic = "tail";
  std::size_t readers = 8;
  std::uint64_t bytes_per_second = 0;  ///< of the producer; 0: no limit
  BatchShape shape;
  MeterOptions meter;
};

/// Runs it on a new topic of one partition and prints the report.
void run(const TailLoad& load);

}  // namespace moldau::bench
