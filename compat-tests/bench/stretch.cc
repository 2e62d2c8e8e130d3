#include "stretch.h"

#include <algorithm>
#include <cstdio>

#include <unistd.h>

namespace moldau::bench {

double milliseconds(Duration span) {
  return std::chrono::duration<double, std::milli>(span).count();
}

Mark mark_now(const io::Clock& clock, std::optional<pid_t> process) {
  return {.at = clock.now(),
          .cpu = process ? cpu_time_of(*process) : CpuTime(),
          .own_cpu_seconds = cpu_time_of(::getpid()).total_seconds,
          .machine_idle_seconds = machine_idle_seconds()};
}

double Stretch::wall_seconds() const {
  return std::chrono::duration<double>(end_.at - begin_.at).count();
}

double Stretch::others_percent() const {
  const double all = wall_seconds() * static_cast<double>(::sysconf(_SC_NPROCESSORS_ONLN));
  const double idle = end_.machine_idle_seconds - begin_.machine_idle_seconds;
  return 100 * std::max(0.0, all - idle - cpu_seconds() - own_cpu_seconds()) / all;
}

std::string Stretch::fields() const {
  char fields[256];
  std::snprintf(
      fields, sizeof fields,
      R"("wall_s": %.4f, "cpu_s": %.4f, "user_s": %.2f, "system_s": %.2f, "client_cpu_s": %.4f, "others_percent": %.1f)",
      wall_seconds(), cpu_seconds(), end_.cpu.user_seconds - begin_.cpu.user_seconds,
      end_.cpu.system_seconds - begin_.cpu.system_seconds, own_cpu_seconds(), others_percent());
  return fields;
}

}  // namespace moldau::bench
