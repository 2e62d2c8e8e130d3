#pragma once

#include <cstdint>

#include "base/uuid.h"

namespace moldau::io {

/// The only source of chance. In the simulator every owner has a named sub-stream of the run's seed.
class Random {
 public:
  virtual ~Random() = default;

  /// 64 uniform bits.
  virtual std::uint64_t next() = 0;

  /// A random (version 4) uuid.
  Uuid uuid() {
    const std::uint64_t most = (next() & ~0xF000ULL) | 0x4000ULL;
    const std::uint64_t least = (next() & ~(3ULL << 62)) | (2ULL << 62);
    return {most, least};
  }
};

}  // namespace moldau::io
