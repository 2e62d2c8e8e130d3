#pragma once

#include "base/time.h"

namespace moldau::io {

/// The only place where time is read.
class Clock {
 public:
  virtual ~Clock() = default;

  /// Monotonic: never goes back, not moved by the administrator.
  virtual Instant now() const = 0;

  /// Wall clock, for timestamps in records only; may jump.
  virtual TimestampMs wall_ms() const = 0;
};

}  // namespace moldau::io
