// What groups keep of members that are gone.

#include <chrono>
#include <cstddef>

#include <doctest/doctest.h>

#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {
namespace {

std::size_t timers(SeveralDisks& node) {
  std::size_t count = 0;
  for (const auto& partition : node.node().groups(runtime::ShardId(0)).all())
    count += partition->timer_count();
  return count;
}

TEST_CASE("Nothing is kept of members that never come back") {
  SeveralDisks node;
  node.start();
  REQUIRE(node.client().find_coordinator("g"));
  const std::size_t before = timers(node);
  constexpr std::size_t kMembers = 20;
  for (std::size_t i = 0; i < kMembers; ++i)
    CHECK(node.client().join_without_id("g", 6000) == ErrorCode::kMemberIdRequired);
  CHECK(timers(node) == before + kMembers);
  node.world().run_for(std::chrono::seconds(10));
  CHECK(timers(node) == before);
}

}  // namespace
}  // namespace moldau::sim
