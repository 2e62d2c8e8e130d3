#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/types.h>

#include "batches.h"
#include "io/stream.h"

namespace moldau::bench {

/// One producer that sends a record at each tick of a clock, whatever the broker does, and one consumer at
/// the end of the partition. Latency counts from the tick at which a record was due, so that a broker that
/// holds the producer up is charged for all records that waited behind it.
struct LatencyLoad {
  io::SocketAddress address;
  bool to_floor = false;  ///< the address is the bare program's, in its mode relay
  pid_t process = 0;
  std::string topic = "latency";
  std::size_t record_bytes = 1024;
  std::int16_t acks = 1;
  std::uint32_t records_per_second = 2000;
  std::uint32_t warm_up_seconds = 0;
  std::uint32_t seconds = 10;  ///< measured
};

/// Runs it on a new topic of one partition and prints the report: microseconds from due to the
/// acknowledgement, and to the consumer.
void run(const LatencyLoad& load);

}  // namespace moldau::bench
