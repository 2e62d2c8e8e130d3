// What a node that runs does when the level of a feature rises.

#include <cstdint>
#include <map>
#include <string>

#include <doctest/doctest.h>

#include "metadata/features.h"
#include "metadata/metadata_version.h"
#include "tests/sim/tests/several_disks.h"

namespace moldau::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::int32_t kPartitions = 3;

const runtime::ClusterView& view_of(SeveralDisks& node) {
  return *node.node().cluster_view(node.node().shards()[runtime::ShardId(0)]);
}

TEST_CASE("A node registers its controller and its directories once metadata.version has a place for them") {
  SeveralDisks node;
  node.settings().release = metadata::MetadataVersion::parse("3.6-IV2", false).value();
  node.start();
  const Uuid topic = node.client().create_topic("t", kPartitions, {}).value();
  const BrokerId id = node.node().id();
  const std::int64_t epoch = view_of(node).image.broker(id)->epoch;
  REQUIRE(view_of(node).image.broker(id)->directories.empty());
  REQUIRE(view_of(node).image.controllers.empty());

  const std::int16_t latest = metadata::MetadataVersion::latest_production().level();
  CHECK(node.client().upgrade_feature(metadata::kMetadataVersionFeature, latest) == ErrorCode::kNone);
  node.world().run_for(100ms);
  CHECK(view_of(node).image.broker(id)->directories.size() == 3);
  CHECK(view_of(node).image.broker(id)->epoch == epoch);
  CHECK(view_of(node).image.controllers.contains(id));
  const std::map<std::string, int> even{{"/data", 1}, {"/second", 1}, {"/third", 1}};
  CHECK(node.directories_of(topic, kPartitions) == even);

  node.kill();
  node.start();
  CHECK(node.directories_of(topic, kPartitions) == even);
  CHECK(node.produce(topic, 0, "a value") == ErrorCode::kNone);
}

TEST_CASE("A static quorum becomes a dynamic one while the node runs, and stays it") {
  SeveralDisks node;
  node.start();
  CHECK(view_of(node).kraft_version == 0);
  CHECK(node.client().upgrade_feature(metadata::kKraftVersionFeature, 1) == ErrorCode::kNone);
  CHECK(view_of(node).kraft_version == 1);
  const Uuid topic = node.client().create_topic("t", 1, {}).value();
  for (const bool is_killed : {true, false}) {
    is_killed ? node.kill() : node.stop();
    node.start();
    CHECK(view_of(node).kraft_version == 1);
    CHECK(node.produce(topic, 0, "a value") == ErrorCode::kNone);
  }
}

}  // namespace
}  // namespace moldau::sim
