#include "meter.h"

#include <cstdio>

namespace moldau::bench {

void Meter::count(std::uint64_t amount) {
  if (is_done()) return;
  amount_ += amount;
  ++requests_;
  if (!begin_) {
    if (amount_ < options_.warm_up || clock_.now() < warm_at_) return;
    begin_ = mark_now(clock_, options_.process);
    amount_ = 0;
    requests_ = 0;
  } else if (amount_ >= options_.measured) {
    end_ = mark_now(clock_, options_.process);
    memory_ = memory_of(options_.process);
  }
}

std::string Meter::report() const {
  char line[512];
  const Stretch measured = stretch();
  const auto bytes = static_cast<double>(amount_);
  std::snprintf(
      line, sizeof line,
      R"({"bytes": %.0f, "requests": %llu, "cpu_ns_per_byte": %.4f, "mib_per_s": %.1f, "requests_per_s": %.0f, )"
      R"("peak_rss_mib": %.1f, %s})",
      bytes, static_cast<unsigned long long>(requests_), measured.cpu_seconds() * 1e9 / bytes,
      bytes / measured.wall_seconds() / (1 << 20), static_cast<double>(requests_) / measured.wall_seconds(),
      static_cast<double>(memory_.peak_resident_bytes) / (1 << 20), measured.fields().c_str());
  return line;
}

}  // namespace moldau::bench
