#include "io/sim/world.h"

namespace moldau::io::sim {
namespace {

/// Far enough from zero for code that looks back.
constexpr Instant kStart(std::chrono::hours(1));
constexpr TimestampMs kWallStartMs = 1'780'000'000'000;

}  // namespace

World::World(std::uint64_t seed) : seed_(seed), schedule_(kStart), network_(schedule_, seed_) {}

TimestampMs World::wall_ms() const {
  const Duration passed = schedule_.now() - kStart;
  return kWallStartMs + wall_shift_ms_ +
         std::chrono::duration_cast<std::chrono::milliseconds>(passed).count();
}

bool World::run_until(const std::function<bool()>& done, Duration at_most) {
  const Instant limit = schedule_.now() + at_most;
  while (!done()) {
    if (!schedule_.run_next(limit)) {
      schedule_.advance_to(limit);
      return done();
    }
  }
  return true;
}

void World::run_for(Duration time) {
  run_until([] { return false; }, time);
}

}  // namespace moldau::io::sim
