#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace moldau::io::uv {

/// What this process takes of the machine.
struct ProcessUsage {
  Duration cpu_time{};  ///< in user space and in the kernel
  TimestampMs started_ms = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t open_files = 0;
  std::uint64_t max_open_files = 0;
  std::optional<std::uint64_t> disk_read_bytes;  ///< nullopt where the system does not tell
  std::optional<std::uint64_t> disk_write_bytes;
};

/// Reads /proc; blocks for some microseconds. What cannot be read is zero.
ProcessUsage process_usage();

}  // namespace moldau::io::uv
