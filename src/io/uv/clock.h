#pragma once

#include <chrono>

#include "io/clock.h"

namespace moldau::io::uv {

/// The system's clocks.
class UvClock final : public Clock {
 public:
  Instant now() const override {
    return Instant(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
  }
  TimestampMs wall_ms() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
};

}  // namespace moldau::io::uv
