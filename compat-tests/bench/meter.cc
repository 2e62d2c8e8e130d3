#include "meter.h"

#include <algorithm>
#include <cstdio>

#include <unistd.h>

namespace moldau::bench {

Meter::Mark Meter::mark() const {
  return {.at = clock_.now(),
          .cpu = cpu_time_of(options_.process),
          .own_cpu_seconds = cpu_time_of(::getpid()).total_seconds,
          .machine_busy_seconds = machine_busy_seconds(),
          .bytes = bytes_,
          .requests = requests_};
}

void Meter::count(std::uint64_t bytes) {
  if (done_) return;
  bytes_ += bytes;
  ++requests_;
  if (!measuring_) {
    if (bytes_ < options_.warm_up_bytes || clock_.now() < warm_at_) return;
    measuring_ = true;
    begin_ = mark();
  } else if (bytes_ - begin_.bytes >= options_.measured_bytes) {
    end_ = mark();
    memory_ = memory_of(options_.process);
    done_ = true;
  }
}

double Meter::others_percent() const {
  const double busy = end_.machine_busy_seconds - begin_.machine_busy_seconds;
  const double ours =
      end_.cpu.total_seconds - begin_.cpu.total_seconds + end_.own_cpu_seconds - begin_.own_cpu_seconds;
  const double wall = std::chrono::duration<double>(end_.at - begin_.at).count();
  const auto cores = static_cast<double>(::sysconf(_SC_NPROCESSORS_ONLN));
  return 100 * std::max(0.0, busy - ours) / (wall * cores);
}

std::string Meter::report() const {
  char line[512];
  const double wall = std::chrono::duration<double>(end_.at - begin_.at).count();
  const auto bytes = static_cast<double>(end_.bytes - begin_.bytes);
  const double cpu = end_.cpu.total_seconds - begin_.cpu.total_seconds;
  std::snprintf(line, sizeof line,
                R"({"bytes": %.0f, "requests": %llu, "wall_s": %.4f, "cpu_s": %.4f, "user_s": %.2f, )"
                R"("system_s": %.2f, "cpu_ns_per_byte": %.4f, "mib_per_s": %.1f, "peak_rss_mib": %.1f, )"
                R"("client_cpu_s": %.4f, "others_percent": %.1f})",
                bytes, static_cast<unsigned long long>(end_.requests - begin_.requests), wall, cpu,
                end_.cpu.user_seconds - begin_.cpu.user_seconds,
                end_.cpu.system_seconds - begin_.cpu.system_seconds, cpu * 1e9 / bytes,
                bytes / wall / (1 << 20), static_cast<double>(memory_.peak_resident_bytes) / (1 << 20),
                end_.own_cpu_seconds - begin_.own_cpu_seconds, others_percent());
  return line;
}

}  // namespace moldau::bench
