#include "tests/sim/crash_run.h"

#include "io/sim/world.h"
#include "tests/sim/crash_script.h"
#include "tests/sim/run_log.h"

namespace moldau::sim {

CrashRun::CrashRun(const Options& options) {
  io::sim::World world(options.seed);
  const RunLog log(world);
  io::sim::Disk disk(world.seed(), "broker disk");
  io::sim::SimRandom random = world.seed().stream("crash " + std::to_string(options.call));
  if (options.fault) {
    disk.fail_at({.kind = *options.fault, .call = options.call, .is_lasting = options.is_lasting});
  }
  CrashScript script(world, disk, {.loop_count = std::size_t{1} << (options.seed % 3), .wrap = options.wrap});
  complaint_ = script.run();
  calls_ = disk.calls();
  if (complaint_.empty()) {
    const bool power_is_cut = random.one_in(2);
    complaint_ = script.recover(power_is_cut);
    if (!complaint_.empty()) complaint_ = (power_is_cut ? "power cut: " : "kill: ") + complaint_;
  }
  sites_ = disk.sites();
  log_ = log.text();
}

}  // namespace moldau::sim
