#include "metadata/replica_placement.h"

#include <map>
#include <random>
#include <set>

#include <doctest/doctest.h>

#include "tests/metadata/broker_ids.h"

namespace moldau::metadata {
namespace {

RandomBits seeded(std::uint64_t seed) {
  return [engine = std::mt19937_64(seed)]() mutable { return engine(); };
}

TEST_CASE("one broker takes every partition") {
  RandomBits random = seeded(1);
  const std::vector<UsableBroker> brokers{{.id = BrokerId(7)}};
  const auto placed = place_replicas(brokers, 5, 1, random);
  REQUIRE(placed.has_value());
  CHECK(*placed == std::vector<Replicas>(5, ids({7})));
}

TEST_CASE("replicas of a partition spread over racks and never share a broker") {
  std::vector<UsableBroker> brokers;
  for (std::int32_t id = 0; id < 9; ++id)
    brokers.push_back({.id = BrokerId(id), .rack = std::string(1, "abc"[id % 3])});
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    RandomBits random = seeded(seed);
    const auto placed = place_replicas(brokers, 27, 3, random);
    REQUIRE(placed.has_value());
    std::map<std::int32_t, int> leaders_by_rack;
    for (const Replicas& replicas : *placed) {
      std::set<std::int32_t> racks;
      for (const auto id : replicas)
        racks.insert(id.value() % 3);
      CHECK(racks.size() == 3);
      ++leaders_by_rack[replicas.front().value() % 3];
    }
    CHECK(leaders_by_rack == std::map<std::int32_t, int>{{0, 9}, {1, 9}, {2, 9}});
  }
}

TEST_CASE("a fenced broker follows but does not lead") {
  const std::vector<UsableBroker> brokers{
      {.id = BrokerId(1)}, {.id = BrokerId(2), .rack = {}, .is_fenced = true}, {.id = BrokerId(3)}};
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    RandomBits random = seeded(seed);
    const auto placed = place_replicas(brokers, 6, 3, random);
    REQUIRE(placed.has_value());
    for (const Replicas& replicas : *placed) {
      CHECK(replicas.front() != BrokerId(2));
      CHECK(std::set(replicas.begin(), replicas.end()).size() == 3);
    }
  }
}

TEST_CASE("impossible replication factors are refused in Kafka's words") {
  RandomBits random = seeded(1);
  const std::vector<UsableBroker> one{{.id = BrokerId(1)}};
  const std::vector<UsableBroker> fenced{{.id = BrokerId(1), .rack = {}, .is_fenced = true}};
  CHECK(place_replicas(one, 1, 0, random).error().message ==
        "Invalid replication factor 0: the replication factor must be positive.");
  CHECK(place_replicas(fenced, 1, 1, random).error().message ==
        "All brokers are currently fenced, or have all their log directories cordoned.");
  CHECK(
      place_replicas(one, 1, 2, random).error() ==
      Error{ErrorCode::kInvalidReplicationFactor,
            "The target replication factor of 2 cannot be reached because only 1 broker(s) are registered or "
            "some brokers have all their log directories cordoned."});
}

}  // namespace
}  // namespace moldau::metadata
