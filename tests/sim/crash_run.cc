#include "tests/sim/crash_run.h"

#include <string_view>

#include "io/sim/world.h"
#include "tests/sim/crash_script.h"
#include "tests/sim/run_log.h"

namespace moldau::sim {
namespace {

/// Snapshots of the metadata, and segments of its log that they make superfluous, every few seconds; so is
/// what topics keep held against their retention, and share state that later records repeat.
constexpr std::string_view kProperties = R"(
metadata.log.max.record.bytes.between.snapshots=3000
metadata.log.segment.ms=4000
metadata.max.retention.bytes=12000
log.initial.task.delay.ms=3000
log.retention.check.interval.ms=7000
share.coordinator.snapshot.update.records.per.snapshot=3
share.coordinator.state.topic.prune.interval.ms=8000
)";

}  // namespace

CrashRun::CrashRun(const Options& options) {
  io::sim::World world(options.seed);
  const RunLog log(world);
  io::sim::Disk disk(world.seed(), "broker disk");
  io::sim::SimRandom random = world.seed().stream("crash " + std::to_string(options.call));
  if (options.fault) {
    disk.fail_at({.kind = *options.fault, .call = options.call, .is_lasting = options.is_lasting});
  }
  CrashScript script(world, disk,
                     {.loop_count = std::size_t{1} << (options.seed % 3),
                      .properties = std::string(kProperties),
                      .wrap = options.wrap,
                      .is_standalone = options.seed % 2 == 0});
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
