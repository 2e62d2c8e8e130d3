#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "io/clock.h"
#include "process.h"
#include "stretch.h"

namespace moldau::bench {

/// What is measured, and over which stretch of the load: by bytes, or by requests.
struct MeterOptions {
  pid_t process = 0;
  std::uint64_t warm_up = 0;
  double warm_up_seconds = 0;
  std::uint64_t measured = 0;
};

/// Measures a process while answers come: from the answer that ends the warm-up, by what it counts and in
/// seconds, to the one that completes what is to be measured. The requests under way at both ends are as
/// many, so nothing has to be drained.
class Meter {
 public:
  /// The warm-up begins here.
  Meter(const io::Clock& clock, const MeterOptions& options)
      : clock_(clock),
        options_(options),
        warm_at_(clock.now() + std::chrono::duration_cast<Duration>(
                                   std::chrono::duration<double>(options.warm_up_seconds))) {}

  /// One request was answered, for which so much of what is counted went over the wire.
  void count(std::uint64_t amount);
  bool is_done() const { return end_.has_value(); }

  /// What was counted, and what it took. When it is done.
  std::uint64_t amount() const { return amount_; }
  Stretch stretch() const { return {*begin_, *end_}; }

  /// The figures of counted bytes as one line of JSON.
  std::string report() const;

 private:
  const io::Clock& clock_;
  MeterOptions options_;
  Instant warm_at_;
  std::uint64_t amount_ = 0;  ///< of the warm-up, then of the measurement; so are the requests
  std::uint64_t requests_ = 0;
  std::optional<Mark> begin_;
  std::optional<Mark> end_;
  MemoryUse memory_;
};

}  // namespace moldau::bench
