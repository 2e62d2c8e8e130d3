#pragma once

#include <cstdint>
#include <string>

#include <sys/types.h>

#include "first_writes.h"

namespace moldau::bench {

/// Creates a topic of many partitions and writes a record of 1 KiB to each, acks 1.
struct PartitionsLoad {
  FirstWrites::Options writes;
  pid_t process = 0;  ///< to measure
  std::string topic = "many";
  std::int32_t partitions = 1000;
};

/// Prints how long after the request to create the topic it was created and every partition had its record.
void run(const PartitionsLoad& load);

}  // namespace moldau::bench
