// One log whose process is ended at any call to its disk.

#include <doctest/doctest.h>

#include "tests/sim/log_run.h"

namespace moldau::sim {
namespace {

TEST_CASE("A log is what was appended, whatever was done to it") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    CHECK(LogRun(seed, 0).complaint() == "");
  }
}

TEST_CASE("A log that ended at any call to its disk holds all that was durable, and nothing else") {
  constexpr io::sim::CallNumber kStride = 7;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const io::sim::CallNumber calls = LogRun(seed, 0).calls();
    for (io::sim::CallNumber call = seed; call <= calls; call += kStride) {
      CAPTURE(seed);
      CAPTURE(call);
      CHECK(LogRun(seed, call).complaint() == "");
    }
  }
}

}  // namespace
}  // namespace moldau::sim
