#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace moldau::observe {

/// How long things took, for quantiles: counts in buckets that are an eighth of a power of two wide, from a
/// microsecond up to an hour. A fixed size, and a few instructions for each note.
///
/// Quantiles are of the last five to ten minutes, as old times say little about now; count and sum are of
/// all time.
class DurationHistogram {
 public:
  static constexpr Duration kWindow = std::chrono::minutes(5);

  /// Something took `took` and ended at `now`.
  void note(Duration took, Instant now);

  /// Adds what another one has noted. Both are then as of `now`: what is out of the window is left out.
  void merge(const DurationHistogram& other, Instant now);

  std::uint64_t count() const { return count_; }
  Duration sum() const { return sum_; }

  /// At least that share of the times that are in the window at `now` was no longer; at most an eighth too
  /// long. Zero without any.
  Duration quantile(double share, Instant now) const;

 private:
  static constexpr std::size_t kStepsPerDoubling = 8;
  static constexpr std::size_t kDoublings = 32;
  static constexpr std::size_t kBuckets = kStepsPerDoubling * kDoublings;
  using Buckets = std::array<std::uint32_t, kBuckets>;

  static std::size_t bucket_of(Duration took);
  static Duration upper_bound(std::size_t bucket);
  void turn_window(Instant now);

  std::uint64_t count_ = 0;
  Duration sum_{0};
  Instant window_begin_;
  Buckets current_{};
  Buckets previous_{};
};

}  // namespace moldau::observe
