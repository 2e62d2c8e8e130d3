// Topics that are deleted and made again under the same name.

#include <cstdint>

#include <doctest/doctest.h>

#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::int32_t kPartitions = 3;

constexpr const char* kOneDirectory = "log.dirs=/data\n";

void produce(SeveralDisks& node, const Uuid& topic, std::int32_t partition, int count) {
  for (int i = 0; i < count; ++i) {
    ErrorCode error = node.produce(topic, partition, "value");
    // A shard may not have heard of the topic yet.
    for (int tries = 0; tries < 1000 && error != ErrorCode::kNone; ++tries)
      error = node.produce(topic, partition, "value");
    REQUIRE(error == ErrorCode::kNone);
  }
}

TEST_CASE("A topic made again has nothing of its namesake's checkpoints, whenever the node is killed") {
  for (const std::size_t loops : {std::size_t{1}, std::size_t{2}}) {
    for (const Duration pause : {0us, 200us, 1000us, 3000us, 10000us}) {
      CAPTURE(loops);
      CAPTURE(pause.count());
      SeveralDisks node(loops, kOneDirectory);
      node.start();
      REQUIRE(*node.client().create_topic("other", kPartitions, {}) != Uuid());
      const Uuid before = node.client().create_topic("t", kPartitions, {}).value();
      for (std::int32_t i = 0; i < kPartitions; ++i) {
        produce(node, before, i, 20);
        REQUIRE(node.client().delete_records("t", i, 15)->value() == 15);
      }
      // Long enough for checkpoints that tell where the log starts.
      node.world().run_for(10s);
      REQUIRE(node.client().delete_topic("other") == ErrorCode::kNone);
      node.world().run_for(pause);
      REQUIRE(node.client().delete_topic("t") == ErrorCode::kNone);
      const Uuid anew = node.client().create_topic("t", kPartitions, {}).value();
      REQUIRE(anew != Uuid());
      for (std::int32_t i = 0; i < kPartitions; ++i) {
        produce(node, anew, i, 5);
      }
      node.kill();
      node.start();
      for (std::int32_t i = 0; i < kPartitions; ++i) {
        CHECK(node.client().log_start("t", i).value() == 0);
        const auto read = node.client().read_all(anew, i);
        REQUIRE(read);
        CHECK(read->size() == 5);
      }
    }
  }
}

TEST_CASE("Topics come and go under one name, whichever shards their partitions belong to") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    SeveralDisks node(4, kOneDirectory, seed);
    node.start();
    for (int round = 0; round < 20; ++round) {
      const Uuid topic = node.client().create_topic("t", kPartitions, {}).value();
      REQUIRE_MESSAGE(!node.process().failure(), node.log());
      REQUIRE(topic != Uuid());
      if (round % 4 == 0) {
        for (std::int32_t i = 0; i < kPartitions; ++i) {
          produce(node, topic, i, 1);
          const auto read = node.client().read_all(topic, i);
          REQUIRE(read);
          CHECK(read->size() == 1);
        }
      }
      REQUIRE(node.client().delete_topic("t") == ErrorCode::kNone);
    }
    node.world().run_for(10s);
    CHECK_MESSAGE(!node.process().failure(), node.log());
  }
}

}  // namespace
}  // namespace moldau::sim
