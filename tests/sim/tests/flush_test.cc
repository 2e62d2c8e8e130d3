// What readers see of a topic whose records have to be on disk first.

#include <cstdint>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {
namespace {

TEST_CASE("With flush.messages=1 the high watermark never passes what is on disk") {
  SeveralDisks node;
  node.start();
  const Uuid topic = node.client().create_topic("t", 1, {{"flush.messages", "1"}}).value();
  const auto partition = node.node().partitions(runtime::ShardId(0)).find(topic, 0).value();
  constexpr int kBatches = 40;
  int answered = 0;
  for (int i = 0; i < kBatches; ++i) {
    node.client().produce(topic, 0, batch_of({"a value"}, node.world().wall_ms(), {}),
                          static_cast<std::size_t>(i) % ScriptClient::kConnections,
                          [&answered](std::optional<ScriptClient::Produced> produced) {
                            REQUIRE(produced.has_value());
                            CHECK(produced->error == ErrorCode::kNone);
                            ++answered;
                          });
  }
  bool waits_for_disk = false;
  node.world().run_until(
      [&] {
        CHECK(partition->high_watermark() <= partition->log().recovery_point());
        waits_for_disk |= partition->log().recovery_point() < partition->log().log_end_offset();
        return answered == kBatches;
      },
      std::chrono::seconds(30));
  CHECK(answered == kBatches);
  CHECK(waits_for_disk);
  CHECK(partition->high_watermark() == kBatches);
}

TEST_CASE(
    "With flush.messages=1 what a killed process left is shown once it is on disk, without another record") {
  SeveralDisks node;
  node.start();
  const Uuid topic = node.client().create_topic("t", 1, {{"flush.messages", "1"}}).value();
  CHECK(node.produce(topic, 0, "a value") == ErrorCode::kNone);
  node.kill();
  node.start();
  const auto partition = node.node().partitions(runtime::ShardId(0)).find(topic, 0).value();
  node.world().run_until(
      [&] {
        CHECK(partition->high_watermark() <= partition->log().recovery_point());
        return partition->high_watermark() == 1;
      },
      std::chrono::seconds(1));
  CHECK(partition->high_watermark() == 1);
}

}  // namespace
}  // namespace moldau::sim
