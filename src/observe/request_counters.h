#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "observe/duration_histogram.h"

namespace moldau::observe {

/// Requests of one kind, by their version.
struct RequestCounts {
  /// Versions from this one on are counted with the one before; Kafka has none so high.
  static constexpr std::size_t kVersions = 32;

  std::array<std::uint64_t, kVersions> by_version{};
  DurationHistogram total_time;  ///< from the whole request to its answer
};

/// What one shard's connections have asked for. Kinds are numbered by the owner, so that a request costs
/// increments alone.
class RequestCounters {
 public:
  explicit RequestCounters(std::size_t kinds) : kinds_(kinds) {}

  /// A request was answered at `now`.
  void note(std::size_t kind, std::int16_t version, Duration took, Instant now) {
    RequestCounts& counts = kinds_[kind];
    const auto row = static_cast<std::size_t>(version);
    ++counts.by_version[row < RequestCounts::kVersions ? row : RequestCounts::kVersions - 1];
    counts.total_time.note(took, now);
  }

  const std::vector<RequestCounts>& kinds() const { return kinds_; }

 private:
  std::vector<RequestCounts> kinds_;
};

}  // namespace moldau::observe
