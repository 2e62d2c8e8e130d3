#include "meter.h"

#include <cstdio>

namespace moldau::bench {

void Meter::count(std::uint64_t bytes) {
  if (is_done()) return;
  bytes_ += bytes;
  ++requests_;
  if (!begin_) {
    if (bytes_ < options_.warm_up_bytes || clock_.now() < warm_at_) return;
    begin_ = mark_now(clock_, options_.process);
    bytes_ = 0;
    requests_ = 0;
  } else if (bytes_ >= options_.measured_bytes) {
    end_ = mark_now(clock_, options_.process);
    memory_ = memory_of(options_.process);
  }
}

std::string Meter::report() const {
  char line[512];
  const Stretch stretch(*begin_, *end_);
  const auto bytes = static_cast<double>(bytes_);
  std::snprintf(
      line, sizeof line,
      R"({"bytes": %.0f, "requests": %llu, "cpu_ns_per_byte": %.4f, "mib_per_s": %.1f, "requests_per_s": %.0f, )"
      R"("peak_rss_mib": %.1f, %s})",
      bytes, static_cast<unsigned long long>(requests_), stretch.cpu_seconds() * 1e9 / bytes,
      bytes / stretch.wall_seconds() / (1 << 20), static_cast<double>(requests_) / stretch.wall_seconds(),
      static_cast<double>(memory_.peak_resident_bytes) / (1 << 20), stretch.fields().c_str());
  return line;
}

}  // namespace moldau::bench
