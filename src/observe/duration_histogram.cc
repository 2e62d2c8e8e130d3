#include "observe/duration_histogram.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <numeric>

namespace moldau::observe {

std::size_t DurationHistogram::bucket_of(Duration took) {
  const auto micros =
      std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::microseconds>(took).count(), 0);
  // Values below the steps of the first doubling have a bucket each; from there on the three bits behind the
  // highest one choose the step.
  const auto value = static_cast<std::uint64_t>(micros);
  if (value < kStepsPerDoubling) return static_cast<std::size_t>(value);
  const auto doubling = static_cast<std::size_t>(std::bit_width(value)) - 3;
  const auto step = static_cast<std::size_t>(value >> (doubling - 1)) - kStepsPerDoubling;
  return std::min(doubling * kStepsPerDoubling + step, kBuckets - 1);
}

Duration DurationHistogram::upper_bound(std::size_t bucket) {
  if (bucket < kStepsPerDoubling) return std::chrono::microseconds(bucket + 1);
  const std::size_t doubling = bucket / kStepsPerDoubling;
  const std::uint64_t step = bucket % kStepsPerDoubling;
  return std::chrono::microseconds((kStepsPerDoubling + step + 1) << (doubling - 1));
}

void DurationHistogram::turn_window(Instant now) {
  const Duration age = now - window_begin_;
  if (age < kWindow) return;
  previous_ = age < 2 * kWindow ? current_ : Buckets{};
  current_ = {};
  // Windows begin at the same times everywhere, so that those of several shards can be added.
  window_begin_ = Instant(now.since_start() - now.since_start() % kWindow);
}

void DurationHistogram::note(Duration took, Instant now) {
  turn_window(now);
  ++current_[bucket_of(took)];
  ++count_;
  sum_ += took;
}

void DurationHistogram::merge(const DurationHistogram& other, Instant now) {
  DurationHistogram more = other;
  more.turn_window(now);
  turn_window(now);
  count_ += more.count_;
  sum_ += more.sum_;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    current_[i] += more.current_[i];
    previous_[i] += more.previous_[i];
  }
}

Duration DurationHistogram::quantile(double share, Instant now) const {
  DurationHistogram seen = *this;
  seen.turn_window(now);
  const auto noted = [](const Buckets& buckets) {
    return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
  };
  const std::uint64_t total = noted(seen.current_) + noted(seen.previous_);
  if (total == 0) return {};
  const auto wanted =
      std::max(static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(total))), std::uint64_t{1});
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    below += seen.current_[i] + seen.previous_[i];
    if (below >= wanted) return upper_bound(i);
  }
  return upper_bound(kBuckets - 1);
}

}  // namespace moldau::observe
