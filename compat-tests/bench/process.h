#pragma once

#include <cstdint>

#include <sys/types.h>

#include "base/error_code.h"

namespace moldau::bench {

/// Processor time that a process has used so far, all of its threads together.
struct CpuTime {
  double total_seconds = 0;   ///< to the nanosecond
  double user_seconds = 0;    ///< to the clock tick
  double system_seconds = 0;  ///< to the clock tick
};

/// Of a process of this machine; ends the program when there is no such process.
CpuTime cpu_time_of(pid_t process);

/// Memory of a process, from its status file.
struct MemoryUse {
  std::uint64_t resident_bytes = 0;
  std::uint64_t peak_resident_bytes = 0;
};
MemoryUse memory_of(pid_t process);

/// How long the cores of the machine have had nothing to do so far, all together. The kernel measures that;
/// what they were busy with it only samples by its tick, with which a load that sends by a timer may be in
/// step.
double machine_idle_seconds();

/// Ends the program with a sentence on stderr.
[[noreturn]] void die(const char* what, const char* why);
/// The same for an error that an answer has, if it has one.
void check_error(const char* what, ErrorCode error);

}  // namespace moldau::bench
