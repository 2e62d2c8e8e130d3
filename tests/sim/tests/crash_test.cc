// A broker that is ended at a call to its disk keeps what it promised (docs/testing.md, "Crashes").

#include <optional>

#include <doctest/doctest.h>

#include "tests/sim/crash_run.h"
#include "tests/sim/mutants.h"

namespace moldau::sim {
namespace {

TEST_CASE("The script of the crash tests runs to its end, and nothing is missing then") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    CAPTURE(seed);
    CrashRun run({.seed = seed});
    CHECK(run.complaint() == "");
    CHECK(run.calls() > 1000);
  }
}

TEST_CASE("What was promised is there after a crash at any call to the disk") {
  constexpr io::sim::CallNumber kStride = 149;
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    const io::sim::CallNumber calls = CrashRun({.seed = seed}).calls();
    for (io::sim::CallNumber call = seed; call <= calls; call += kStride) {
      CAPTURE(seed);
      CAPTURE(call);
      const CrashRun run({.seed = seed, .fault = io::sim::DiskFault::Kind::kCrash, .call = call});
      CHECK_MESSAGE(run.complaint() == "", run.log());
    }
  }
}

TEST_CASE("What was promised is there after a disk failed or was full at any call") {
  constexpr io::sim::CallNumber kStride = 401;
  for (const auto fault : {io::sim::DiskFault::Kind::kIoError, io::sim::DiskFault::Kind::kNoSpace}) {
    const std::uint64_t seed = 3;
    const io::sim::CallNumber calls = CrashRun({.seed = seed}).calls();
    for (io::sim::CallNumber call = 1; call <= calls; call += kStride) {
      CAPTURE(static_cast<int>(fault));
      CAPTURE(call);
      const CrashRun run({.seed = seed,
                          .fault = fault,
                          .call = call,
                          .is_lasting = fault == io::sim::DiskFault::Kind::kNoSpace});
      CHECK_MESSAGE(run.complaint() == "", run.log());
    }
  }
}

/// How many of some runs with the mistake complain.
int complaints_with(Mutant mutant, std::optional<io::sim::DiskFault::Kind> fault) {
  int complaints = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const io::sim::CallNumber calls = CrashRun({.seed = seed, .wrap = with(mutant)}).calls();
    for (io::sim::CallNumber call = 10 * seed; call <= calls; call += 71) {
      const CrashRun run({.seed = seed, .fault = fault, .call = call, .wrap = with(mutant)});
      complaints += run.complaint().empty() ? 0 : 1;
      if (complaints >= 3) return complaints;
    }
  }
  return complaints;
}

TEST_CASE("The crash tests see a sync that does nothing") {
  CHECK(complaints_with(Mutant::kSyncDoesNothing, io::sim::DiskFault::Kind::kCrash) >= 3);
}

TEST_CASE("The crash tests see a folder that is not synced") {
  CHECK(complaints_with(Mutant::kDirectoryNotSynced, io::sim::DiskFault::Kind::kCrash) >= 3);
}

TEST_CASE("The crash tests see a failed sync that is tried again") {
  CHECK(complaints_with(Mutant::kFailedSyncRetried, io::sim::DiskFault::Kind::kIoError) >= 3);
}

TEST_CASE("The crash tests see a checkpoint that is written in place") {
  CHECK(complaints_with(Mutant::kCheckpointNotAtomic, io::sim::DiskFault::Kind::kCrash) >= 1);
}

TEST_CASE("The crash tests see a recovery that trusts the indexes") {
  CHECK(complaints_with(Mutant::kRecoveryTrustsIndexes, io::sim::DiskFault::Kind::kCrash) >= 3);
}

}  // namespace
}  // namespace moldau::sim
