#include "io/uv/process_usage.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

namespace moldau::io::uv {
namespace {

/// Files of /proc have no size, and end where a read finds nothing.
std::string read_proc(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<std::uint64_t> number_at(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc()) return std::nullopt;
  return number;
}

/// The number behind `label`.
std::optional<std::uint64_t> labelled(std::string_view text, std::string_view label) {
  const auto at = text.find(label);
  if (at == std::string_view::npos) return std::nullopt;
  return number_at(text.substr(at + label.size()));
}

/// The field of /proc/self/stat by its number in proc(5). The program's name, field 2, may hold anything.
std::uint64_t stat_field(std::string_view stat, int number) {
  const auto name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) return 0;
  stat.remove_prefix(name_end + 1);
  for (int field = 2; field < number && !stat.empty(); ++field)
    stat.remove_prefix(std::min(stat.find(' ', 0) + 1, stat.size()));
  return number_at(stat).value_or(0);
}

std::uint64_t count_open_files() {
  DIR* folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  std::uint64_t entries = 0;
  while (::readdir(folder) != nullptr)
    ++entries;
  ::closedir(folder);
  // Neither "." and "..", nor the folder itself.
  constexpr std::uint64_t kOthers = 3;
  return entries < kOthers ? 0 : entries - kOthers;
}

Duration span_of(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

ProcessUsage process_usage() {
  ProcessUsage usage;
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) == 0) usage.cpu_time = span_of(used.ru_utime) + span_of(used.ru_stime);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) usage.max_open_files = limit.rlim_cur;
  usage.open_files = count_open_files();
  const std::string stat = read_proc("/proc/self/stat");
  const auto ticks_per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  const std::uint64_t booted_seconds = labelled(read_proc("/proc/stat"), "btime ").value_or(0);
  usage.started_ms =
      static_cast<TimestampMs>(booted_seconds * 1000 + stat_field(stat, 22) * 1000 / ticks_per_second);
  usage.virtual_bytes = stat_field(stat, 23);
  usage.resident_bytes = stat_field(stat, 24) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const std::string io = read_proc("/proc/self/io");
  usage.disk_read_bytes = labelled(io, "\nread_bytes:");
  usage.disk_write_bytes = labelled(io, "\nwrite_bytes:");
  return usage;
}

}  // namespace moldau::io::uv
