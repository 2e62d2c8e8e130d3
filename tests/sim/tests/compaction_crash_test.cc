// One compacted log whose process is ended at any call to its disk.

#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "tests/sim/compaction_script.h"
#include "tests/sim/mutants.h"

namespace moldau::sim {
namespace {

TEST_CASE("A compacted log shows the latest of each key, whatever was done to it") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    CHECK(CompactionRun(seed, 0).complaint() == "");
  }
}

TEST_CASE("A compaction that ended at any call to its disk brings nothing back and loses nothing") {
  constexpr io::sim::CallNumber kStride = 11;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const io::sim::CallNumber calls = CompactionRun(seed, 0).calls();
    for (io::sim::CallNumber call = seed; call <= calls; call += kStride) {
      CAPTURE(seed);
      CAPTURE(call);
      CHECK(CompactionRun(seed, call).complaint() == "");
    }
  }
}

TEST_CASE("The compaction crash test sees a swap that removes segments before its names are durable") {
  // The first sync of the folder that a swap asks for; swap_crash_test.cc looks at the others.
  std::optional<io::sim::DiskSite> sync;
  for (const auto& [site, count] : CompactionRun(1, 0).sites()) {
    if (site.file.ends_with("segment_swap.cc") && site.call == io::sim::DiskCall::kSyncFolder) {
      sync = site;
      break;
    }
  }
  REQUIRE(sync.has_value());
  const WrapHost wrap = without_sync_of_folder(*sync);
  std::string complaint;
  // From a seed on that shows it soon.
  for (std::uint64_t seed = 7; seed <= 16 && complaint.empty(); ++seed) {
    const io::sim::CallNumber calls = CompactionRun(seed, 0, wrap).calls();
    for (io::sim::CallNumber call = seed; call <= calls && complaint.empty(); call += 7)
      complaint = CompactionRun(seed, call, wrap).complaint();
  }
  CHECK(complaint != "");
}

}  // namespace
}  // namespace moldau::sim
