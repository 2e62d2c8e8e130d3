#include "process.h"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>

#include <unistd.h>

namespace moldau::bench {
namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  if (!file) die("cannot read", path.c_str());
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

std::string content_of(pid_t process, const char* name) {
  return content_of("/proc/" + std::to_string(process) + "/" + name);
}

double seconds_of(double ticks) {
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// The kibibytes behind `label`, in bytes.
std::uint64_t field_of(const std::string& status, const char* label) {
  const auto at = status.find(label);
  if (at == std::string::npos) die("no field in the status of a process", label);
  return 1024 * std::strtoull(status.c_str() + at + std::string(label).size(), nullptr, 10);
}

}  // namespace

CpuTime cpu_time_of(pid_t process) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &used) != 0) {
    die("no such process", std::to_string(process).c_str());
  }
  CpuTime time{.total_seconds = static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9};
  // The name of the program, which may hold anything, ends with the last parenthesis.
  const std::string stat = content_of(process, "stat");
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) {
    fields >> skipped;
  }
  double user_ticks = 0;
  double system_ticks = 0;
  fields >> user_ticks >> system_ticks;
  time.user_seconds = seconds_of(user_ticks);
  time.system_seconds = seconds_of(system_ticks);
  return time;
}

MemoryUse memory_of(pid_t process) {
  const std::string status = content_of(process, "status");
  return {.resident_bytes = field_of(status, "VmRSS:"), .peak_resident_bytes = field_of(status, "VmHWM:")};
}

double machine_idle_seconds() {
  std::istringstream fields(content_of("/proc/stat"));
  std::string label;
  double user = 0;
  double nice = 0;
  double system = 0;
  double idle = 0;
  double io_wait = 0;
  fields >> label >> user >> nice >> system >> idle >> io_wait;
  return seconds_of(idle + io_wait);
}

void die(const char* what, const char* why) {
  std::fprintf(stderr, "bench_load: %s: %s\n", what, why);
  std::exit(1);
}

void check_error(const char* what, ErrorCode error) {
  if (error != ErrorCode::kNone) die(what, std::string(error_name(error)).c_str());
}

}  // namespace moldau::bench
