#include "runtime/shards.h"

#include <array>
#include <cstdint>

#include <doctest/doctest.h>

#include "io/sim/disk.h"
#include "io/sim/host.h"
#include "io/sim/world.h"

namespace moldau::runtime {
namespace {

constexpr std::uint32_t kShards = 3;

struct ShardsOfNode {
  io::sim::World world{1};
  io::sim::Disk disk{world.seed(), "disk"};
  io::sim::SimHost host{world, disk, {.name = "node", .loop_count = kShards}};
  Shards shards{host};
};

TEST_CASE("the partitions of a topic go to the shards in turn") {
  const ShardsOfNode node;
  for (std::uint64_t id = 0; id < 100; ++id) {
    const Uuid topic(id, id * id);
    const std::uint32_t first = node.shards.owner_of(topic, 0).value();
    for (std::uint32_t partition = 1; partition < 20; ++partition) {
      const ShardId owner = node.shards.owner_of(topic, static_cast<std::int32_t>(partition));
      REQUIRE(owner.value() == (first + partition) % kShards);
    }
  }
}

TEST_CASE("the first partitions of topics are on all shards") {
  const ShardsOfNode node;
  std::array<int, kShards> topics{};
  for (std::uint64_t id = 0; id < 300; ++id) {
    ++topics.at(node.shards.owner_of(Uuid(7, id), 0).value());
  }
  for (const int count : topics) {
    CHECK(count > 50);
  }
}

}  // namespace
}  // namespace moldau::runtime
