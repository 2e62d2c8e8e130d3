#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "io/clock.h"
#include "process.h"
#include "stretch.h"

namespace moldau::bench {

/// What is measured, and over which stretch of the load.
struct MeterOptions {
  pid_t process = 0;
  std::uint64_t warm_up_bytes = 0;
  double warm_up_seconds = 0;
  std::uint64_t measured_bytes = 0;
};

/// Measures a process while answers come: from the answer that ends the warm-up, in bytes and in seconds, to
/// the one that completes the bytes. The requests under way at both ends are as many, so nothing has to be
/// drained.
class Meter {
 public:
  /// The warm-up begins here.
  Meter(const io::Clock& clock, const MeterOptions& options)
      : clock_(clock),
        options_(options),
        warm_at_(clock.now() + std::chrono::duration_cast<Duration>(
                                   std::chrono::duration<double>(options.warm_up_seconds))) {}

  /// One request was answered; `bytes` of batches went over the wire for it.
  void count(std::uint64_t bytes);
  bool is_done() const { return end_.has_value(); }

  /// The figures as one line of JSON.
  std::string report() const;

 private:
  const io::Clock& clock_;
  MeterOptions options_;
  Instant warm_at_;
  std::uint64_t bytes_ = 0;  ///< of the warm-up, then of the measurement; so are the requests
  std::uint64_t requests_ = 0;
  std::optional<Mark> begin_;
  std::optional<Mark> end_;
  MemoryUse memory_;
};

}  // namespace moldau::bench
