#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace moldau {

/// A span of time. Nanosecond resolution; written with the std::chrono literals.
using Duration = std::chrono::nanoseconds;

/// A span from a setting in milliseconds; what is longer than a Duration can be is Duration::max().
constexpr Duration from_ms(std::int64_t span_ms) {
  const auto longest = std::chrono::duration_cast<std::chrono::milliseconds>(Duration::max());
  return span_ms > longest.count() ? Duration::max() : Duration(std::chrono::milliseconds(span_ms));
}

/// A point on the node's monotonic clock. Comparable only within one run of one node; deadlines and
/// sessions use it. Only the io room reads the clock: everybody else is handed the time.
class Instant {
 public:
  constexpr Instant() = default;
  constexpr explicit Instant(Duration since_start) : since_start_(since_start) {}

  /// Time since an arbitrary origin that is fixed for the run.
  constexpr Duration since_start() const { return since_start_; }

  /// Later than every deadline that can occur.
  static constexpr Instant never() { return Instant(Duration::max()); }

  constexpr auto operator<=>(const Instant&) const = default;
  constexpr bool operator==(const Instant&) const = default;

  friend constexpr Instant operator+(Instant at, Duration by) {
    if (by > Duration::zero() && at.since_start_ > Duration::max() - by) return never();
    return Instant(at.since_start_ + by);
  }
  friend constexpr Instant operator-(Instant at, Duration by) { return Instant(at.since_start_ - by); }
  friend constexpr Duration operator-(Instant later, Instant earlier) {
    return later.since_start_ - earlier.since_start_;
  }

 private:
  Duration since_start_{0};
};

/// Wall-clock time as Kafka stores it: milliseconds since the Unix epoch. -1 stands for "no timestamp".
using TimestampMs = std::int64_t;

}  // namespace moldau
