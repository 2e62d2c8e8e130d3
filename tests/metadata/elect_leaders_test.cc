#include "metadata/elect_leaders.h"

#include <doctest/doctest.h>

#include "tests/metadata/broker_ids.h"
#include "tests/metadata/world.h"

namespace moldau::metadata {
namespace {

constexpr std::int8_t kPreferred = 0;
constexpr std::int8_t kUnclean = 1;

/// A cluster of brokers 1 to 3 with the topic "t" of one partition, on all three.
struct ElectionWorld : World {
  ElectionWorld() {
    start_brokers(3);
    create_topic("t", {ids({1, 2, 3})});
  }

  std::vector<TopicOutcome> elect(const protocol::ElectLeadersRequest& request) {
    return commit(elect_leaders(request, context()));
  }

  PartitionOutcome elect_one(std::int8_t type, std::int32_t partition_id, std::string_view topic_name = "t") {
    protocol::ElectLeadersRequest request;
    request.election_type = type;
    auto& topic = request.topic_partitions->emplace_back();
    topic.topic = TopicName(topic_name);
    topic.partitions = {partition_id};
    const auto answer = elect(request);
    REQUIRE(answer.size() == 1);
    REQUIRE(answer[0].partitions.size() == 1);
    return answer[0].partitions[0];
  }

  std::vector<TopicOutcome> elect_all(std::int8_t type) {
    protocol::ElectLeadersRequest request;
    request.election_type = type;
    request.topic_partitions.reset();
    return elect(request);
  }

  const Partition& partition(std::int32_t id) const { return *image().topic("t")->find(id); }

  /// Broker 1 is fenced, comes back and is in sync, but leads nothing any more.
  void move_leader_away() {
    fence(1);
    REQUIRE(partition(0).leader == BrokerId(2));
    commit(heartbeat(beat(1), context()));
    apply({write::partition_change(image().topic("t")->id(), 0, {.isr = ids({1, 2, 3})},
                                   finalized_version(context()))});
  }
};

TEST_CASE("the preferred leader leads again once it is asked for") {
  ElectionWorld world;
  world.move_leader_away();
  CHECK(world.elect_one(kPreferred, 0).error == ErrorCode::kNone);
  CHECK(world.partition(0).leader == BrokerId(1));
  CHECK(world.partition(0).leader_epoch == 2);
  const PartitionOutcome again = world.elect_one(kPreferred, 0);
  CHECK(again.error == ErrorCode::kElectionNotNeeded);
  CHECK(again.error_message == "Leader election not needed for topic partition.");
}

TEST_CASE("a preferred leader that is fenced is not elected") {
  ElectionWorld world;
  world.fence(1);
  const PartitionOutcome refused = world.elect_one(kPreferred, 0);
  CHECK(refused.error == ErrorCode::kPreferredLeaderNotAvailable);
  CHECK(refused.error_message == "The preferred leader was not available.");
  CHECK(world.partition(0).leader == BrokerId(2));
}

TEST_CASE("an unclean election finds a leader for a partition that has none") {
  ElectionWorld world;
  world.fence(1);
  world.fence(2);
  world.fence(3);
  REQUIRE(world.partition(0).leader == kNoLeader);
  const PartitionOutcome nobody = world.elect_one(kUnclean, 0);
  CHECK(nobody.error == ErrorCode::kEligibleLeadersNotAvailable);
  CHECK(nobody.error_message == "Eligible topic partition leaders are not available.");

  // The last leader, 3, stays away; the broker that comes back is known to lag.
  world.apply({write::partition_change(world.image().topic("t")->id(), 0,
                                       {.isr = ids({3}), .elr = Replicas{}, .last_known_elr = Replicas{}},
                                       finalized_version(world.context()))});
  world.commit(heartbeat(world.beat(2), world.context()));
  REQUIRE(world.partition(0).leader == kNoLeader);
  CHECK(world.elect_one(kPreferred, 0).error == ErrorCode::kPreferredLeaderNotAvailable);
  CHECK(world.elect_one(kUnclean, 0).error == ErrorCode::kNone);
  CHECK(world.partition(0).leader == BrokerId(2));
  CHECK(world.partition(0).isr == ids({2}));
  CHECK(world.partition(0).is_recovering);
  CHECK(world.elect_one(kUnclean, 0).error == ErrorCode::kElectionNotNeeded);
}

TEST_CASE("of all partitions, those that need no election are not told of") {
  ElectionWorld world;
  world.move_leader_away();
  world.create_topic("u", {ids({3})});
  std::map<std::string, std::size_t> told;
  for (const TopicOutcome& outcome : world.elect_all(kPreferred))
    told.emplace(outcome.name, outcome.partitions.size());
  CHECK(told == std::map<std::string, std::size_t>{{"t", 1}, {"u", 0}});
  CHECK(world.partition(0).leader == BrokerId(1));
}

TEST_CASE("what cannot be elected is refused in Kafka's words") {
  ElectionWorld world;
  CHECK(world.elect_one(kPreferred, 7).error_message == "No such partition as t-7");
  CHECK(world.elect_one(kUnclean, 0, "absent").error_message == "No such topic as absent");
  protocol::ElectLeadersRequest request;
  request.election_type = 5;
  const auto refused = elect_leaders(request, world.context());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error() == Error{ErrorCode::kInvalidRequest, "Unknown election type 5"});
}

}  // namespace
}  // namespace moldau::metadata
