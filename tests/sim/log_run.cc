#include "tests/sim/log_run.h"

#include "io/sim/world.h"
#include "tests/sim/log_script.h"

namespace moldau::sim {

LogRun::LogRun(std::uint64_t seed, io::sim::CallNumber crash_at) {
  io::sim::World world(seed);
  io::sim::Disk disk(world.seed(), "disk");
  if (crash_at > 0) disk.fail_at({.kind = io::sim::DiskFault::Kind::kCrash, .call = crash_at});
  LogScript script(world, disk);
  complaint_ = script.run();
  calls_ = disk.calls();
  if (complaint_.empty()) {
    auto random = world.seed().stream("crash " + std::to_string(crash_at));
    const bool power_is_cut = random.one_in(2);
    complaint_ = script.recover(power_is_cut);
    if (!complaint_.empty()) complaint_ = (power_is_cut ? "power cut: " : "kill: ") + complaint_;
  }
  sites_ = disk.sites();
}

}  // namespace moldau::sim
