#pragma once

#include <cstdint>
#include <functional>

#include "base/time.h"
#include "io/sim/network.h"
#include "io/sim/random.h"
#include "io/sim/schedule.h"
#include "io/sim/trace.h"

namespace moldau::io::sim {

/// Virtual time and a network, in which processes (SimHost) run one event at a time on the calling thread.
/// The seed decides every delay and every order that the interfaces of io leave open, so that the same seed
/// gives the same run.
class World {
 public:
  explicit World(std::uint64_t seed);

  World(const World&) = delete;
  World& operator=(const World&) = delete;

  const Seed& seed() const { return seed_; }
  Schedule& schedule() { return schedule_; }
  Network& network() { return network_; }
  Instant now() const { return schedule_.now(); }

  /// The wall clock of all machines, which starts on a day of 2026.
  TimestampMs wall_ms() const;
  /// An administrator sets the wall clock on or back.
  void shift_wall(TimestampMs by_ms) { wall_shift_ms_ += by_ms; }

  /// Lets events happen until `done` holds; false when it does not within `at_most` of virtual time, or when
  /// nothing is left that could happen.
  bool run_until(const std::function<bool()>& done, Duration at_most);

  /// Lets that much virtual time pass.
  void run_for(Duration time);

  /// The number of the loop whose task runs, so that it is known where a post comes from; 0 outside of all.
  std::uint64_t& running_loop() { return running_loop_; }

  /// The number of a new process.
  std::uint64_t next_process() { return ++processes_; }

  /// Differs between two runs in which anything differed that went over the network.
  const Trace& trace() const { return network_.trace(); }

 private:
  Seed seed_;
  Schedule schedule_;
  Network network_;
  TimestampMs wall_shift_ms_ = 0;
  std::uint64_t processes_ = 0;
  std::uint64_t running_loop_ = 0;
};

}  // namespace moldau::io::sim
