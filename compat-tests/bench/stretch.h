#pragma once

#include <optional>
#include <string>

#include "io/clock.h"
#include "process.h"

namespace moldau::bench {

/// A span in milliseconds.
double milliseconds(Duration span);

/// What the measured process, this program and the machine have used up to a moment.
struct Mark {
  Instant at;
  CpuTime cpu;  ///< of the measured process
  double own_cpu_seconds = 0;
  double machine_idle_seconds = 0;
};

/// Up to now. A process that is still to be started has used nothing; ends the program when there is no such
/// process.
Mark mark_now(const io::Clock& clock, std::optional<pid_t> process);

/// What was used from one mark to another.
class Stretch {
 public:
  Stretch(const Mark& begin, const Mark& end) : begin_(begin), end_(end) {}

  double wall_seconds() const;
  double cpu_seconds() const { return end_.cpu.total_seconds - begin_.cpu.total_seconds; }
  double own_cpu_seconds() const { return end_.own_cpu_seconds - begin_.own_cpu_seconds; }
  /// What neither the process nor this program used, of all cores.
  double others_percent() const;

  /// All of it as the fields of a JSON object, without its braces.
  std::string fields() const;

 private:
  Mark begin_;
  Mark end_;
};

}  // namespace moldau::bench
