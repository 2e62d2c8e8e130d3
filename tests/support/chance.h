#pragma once

#include <cstdint>

namespace moldau::testing {

/// Draws from a seed; compat-tests/lib/Chance.java draws the same.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
    return mixed ^ (mixed >> 31);
  }

  /// At least 0, less than the limit.
  int below(int limit) { return static_cast<int>((next() >> 1) % static_cast<std::uint64_t>(limit)); }

  bool one_in(int count) { return below(count) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace moldau::testing
