#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "io/random.h"

namespace moldau::io::sim {

/// Chance that the seed of the run decides.
class SimRandom final : public Random {
 public:
  explicit SimRandom(std::uint64_t state) : state_(state) {}

  std::uint64_t next() override {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
    return mixed ^ (mixed >> 31);
  }

  /// From [0, bound); 0 where the bound is 0.
  std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }

  /// True once in `n` times.
  bool one_in(std::uint64_t n) { return below(n) == 0; }

  /// From [least, most].
  Duration between(Duration least, Duration most) {
    return least +
           Duration(static_cast<std::int64_t>(below(static_cast<std::uint64_t>((most - least).count()) + 1)));
  }

 private:
  std::uint64_t state_;
};

/// The one number that decides a run. Every source of chance is a stream of its own, by name, so that a new
/// draw in one place does not shift the others.
class Seed {
 public:
  explicit Seed(std::uint64_t value) : value_(value) {}

  std::uint64_t value() const { return value_; }

  SimRandom stream(std::string_view name) const {
    std::uint64_t hash = 0xCBF29CE484222325ULL ^ value_;
    for (const char c : name) {
      hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3ULL;
    }
    return SimRandom(SimRandom(hash).next());
  }

 private:
  std::uint64_t value_;
};

}  // namespace moldau::io::sim
