// What of a node goes on while much else waits to be done on its disk.

#include <doctest/doctest.h>

#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {
namespace {

/// Longer than `broker.session.timeout.ms`.
constexpr auto kBusy = std::chrono::seconds(20);

TEST_CASE(
    "A node whose disk has many replicas to sync or to delete goes on deciding, and does not lose its "
    "lease") {
  SeveralDisks node;
  io::sim::SimHost* host = nullptr;
  node.settings().wrap = [&host](io::sim::SimHost& made) {
    host = &made;
    return nullptr;
  };
  node.start();
  const Uuid before = node.client().create_topic("before", 1, {}).value();
  for (const runtime::LogDir& dir : node.node().log_dirs()) {
    host->rest_lane(dir.sync_lane, kBusy);
  }
  const Instant began = node.world().now();
  REQUIRE(node.client().create_topic("meanwhile", 1, {}).has_value());
  CHECK(node.world().now() - began < std::chrono::seconds(1));
  node.world().run_for(kBusy);
  const auto partition = node.node().partitions(runtime::ShardId(0)).find(before, 0).value();
  CHECK(partition->leader_epoch() == 0);
  CHECK(node.client().create_topic("behind", 1, {}).has_value());
}

}  // namespace
}  // namespace moldau::sim
