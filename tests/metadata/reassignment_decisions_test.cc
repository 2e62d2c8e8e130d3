#include "metadata/reassignment_decisions.h"

#include <doctest/doctest.h>

#include "metadata/partition_decisions.h"
#include "tests/metadata/broker_ids.h"
#include "tests/metadata/world.h"

namespace moldau::metadata {
namespace {

/// A cluster of brokers 1 to 5 with the topic "t", whose one partition is on 1, 2 and 3.
struct ReassignmentWorld : World {
  ReassignmentWorld() {
    start_brokers(5);
    create_topic("t", {ids({1, 2, 3})});
  }

  PartitionOutcome alter(std::optional<Replicas> replicas, bool may_change_factor = true,
                         std::int32_t partition_id = 0) {
    protocol::AlterPartitionReassignmentsRequest request;
    request.allow_replication_factor_change = may_change_factor;
    auto& topic = request.topics.emplace_back();
    topic.name = TopicName("t");
    auto& wanted = topic.partitions.emplace_back();
    wanted.partition_index = partition_id;
    wanted.replicas = std::move(replicas);
    const auto answer = commit<std::vector<TopicOutcome>>(alter_partition_reassignments(request, context()));
    REQUIRE(answer.size() == 1);
    REQUIRE(answer[0].partitions.size() == 1);
    return answer[0].partitions[0];
  }

  /// The leader tells who is in sync now.
  void set_isr(const Replicas& isr) {
    protocol::AlterPartitionRequest request;
    request.broker_id = partition().leader;
    request.broker_epoch = image().broker(request.broker_id)->epoch;
    auto& topic = request.topics.emplace_back();
    topic.topic_id = image().topic("t")->id();
    auto& change = topic.partitions.emplace_back();
    change.leader_epoch = partition().leader_epoch;
    change.partition_epoch = partition().partition_epoch;
    change.new_isr = isr;
    commit(alter_partition(request, 2, context()));
  }

  std::vector<ReassigningTopic> list() const {
    protocol::ListPartitionReassignmentsRequest request;
    request.topics.reset();
    return list_partition_reassignments(request, image());
  }

  const Partition& partition() const { return *image().topic("t")->find(0); }
};

TEST_CASE("a reassignment adds the new replicas first, and drops the old ones once the new are in sync") {
  ReassignmentWorld world;
  CHECK(world.alter(ids({4, 5, 3})).error == ErrorCode::kNone);
  CHECK(world.partition().replicas == ids({4, 5, 3, 1, 2}));
  CHECK(world.partition().adding == ids({4, 5}));
  CHECK(world.partition().removing == ids({1, 2}));
  CHECK(world.partition().isr == ids({1, 2, 3}));
  CHECK(world.partition().leader == BrokerId(1));
  CHECK(world.partition().leader_epoch == 0);
  CHECK(world.partition().directory_of(BrokerId(4)) == Uuid(1000, 4));
  CHECK(world.partition().directory_of(BrokerId(1)) == Uuid(1000, 1));

  world.set_isr(ids({1, 2, 3, 4}));
  CHECK(world.partition().is_reassigning());
  world.set_isr(ids({1, 2, 3, 4, 5}));
  CHECK(world.partition().replicas == ids({4, 5, 3}));
  CHECK(world.partition().isr == ids({3, 4, 5}));
  CHECK_FALSE(world.partition().is_reassigning());
  CHECK(world.partition().leader == BrokerId(4));
  CHECK(world.partition().leader_epoch == 1);
  CHECK(world.list().empty());
}

TEST_CASE("an assignment of replicas that are in sync is in force at once") {
  ReassignmentWorld world;
  CHECK(world.alter(ids({3, 1, 2})).error == ErrorCode::kNone);
  CHECK(world.partition().replicas == ids({3, 1, 2}));
  CHECK(world.partition().leader == BrokerId(1));
  CHECK_FALSE(world.partition().is_reassigning());
  CHECK(world.alter(ids({3})).error == ErrorCode::kNone);
  CHECK(world.partition().replicas == ids({3}));
  CHECK(world.partition().isr == ids({3}));
  CHECK(world.partition().leader == BrokerId(3));
}

TEST_CASE("what changes nothing is fine and writes nothing") {
  ReassignmentWorld world;
  const std::size_t records = world.log.size();
  CHECK(world.alter(ids({1, 2, 3})).error == ErrorCode::kNone);
  CHECK(world.log.size() == records);
}

TEST_CASE("a reassignment that is taken back leaves the replicas of before") {
  ReassignmentWorld world;
  world.alter(ids({4, 5, 3}));
  world.set_isr(ids({1, 2, 3, 4}));
  CHECK(world.alter(std::nullopt).error == ErrorCode::kNone);
  CHECK(world.partition().replicas == ids({3, 1, 2}));
  CHECK(world.partition().isr == ids({1, 2, 3}));
  CHECK_FALSE(world.partition().is_reassigning());
  const PartitionOutcome again = world.alter(std::nullopt);
  CHECK(again.error == ErrorCode::kNoReassignmentInProgress);
  CHECK_FALSE(again.error_message.has_value());
}

TEST_CASE("a reassignment whose old replicas all lag is taken back only by an unclean election") {
  ReassignmentWorld world;
  world.alter(ids({4, 5}));
  world.set_isr(ids({1, 4}));
  world.fence(1);
  REQUIRE(world.partition().isr == ids({4}));
  const PartitionOutcome refused = world.alter(std::nullopt);
  CHECK(refused.error == ErrorCode::kInvalidReplicaAssignment);
  CHECK(refused.error_message ==
        "Unable to revert partition assignment for t:0 because it would require an unclean leader election.");
  CHECK(world.partition().is_reassigning());

  world.set_config("t", "unclean.leader.election.enable", "true");
  CHECK(world.alter(std::nullopt).error == ErrorCode::kNone);
  CHECK(world.partition().replicas == ids({1, 2, 3}));
  CHECK_FALSE(world.partition().is_reassigning());
  CHECK(world.partition().leader == BrokerId(2));
  CHECK(world.partition().isr == ids({2}));
  CHECK(world.partition().is_recovering);
}

TEST_CASE("a reassignment may be altered while it is under way") {
  ReassignmentWorld world;
  world.alter(ids({4, 5, 3}));
  CHECK(world.alter(ids({5, 2, 3}), false).error == ErrorCode::kNone);
  CHECK(world.partition().replicas == ids({5, 2, 3, 1, 4}));
  CHECK(world.partition().removing == ids({1, 4}));
  // Where none is added now, those that were being added still are, as in Apache Kafka.
  CHECK(world.partition().adding == ids({4, 5}));
}

TEST_CASE("the replication factor stays where it must") {
  ReassignmentWorld world;
  const PartitionOutcome refused = world.alter(ids({1, 2}), false);
  CHECK(refused.error == ErrorCode::kInvalidReplicationFactor);
  CHECK(refused.error_message == "The replication factor is changed from 3 to 2");
  CHECK(world.alter(ids({1, 2, 4}), false).error == ErrorCode::kNone);
  CHECK(world.alter(ids({1, 2, 4, 5}), false).error_message ==
        "The replication factor is changed from 3 to 4");
}

TEST_CASE("assignments, topics and partitions that cannot be are refused in Kafka's words") {
  ReassignmentWorld world;
  CHECK(world.alter(ids({})).error == ErrorCode::kInvalidReplicaAssignment);
  CHECK(world.alter(ids({9})).error_message ==
        "The manual partition assignment includes broker 9, but no such broker is registered.");
  CHECK(world.alter(ids({1}), true, 7).error_message == "Unable to find partition t:7.");
  protocol::AlterPartitionReassignmentsRequest request;
  auto& topic = request.topics.emplace_back();
  topic.name = TopicName("absent");
  topic.partitions.emplace_back();
  const auto decision = alter_partition_reassignments(request, world.context());
  CHECK(decision.response[0].partitions[0].error == ErrorCode::kUnknownTopicOrPartition);
  CHECK(decision.response[0].partitions[0].error_message == "Unable to find a topic named absent.");
  CHECK(decision.records.empty());
}

TEST_CASE("reassignments under way are listed, of all topics or of those named") {
  ReassignmentWorld world;
  world.create_topic("u", {ids({1}), ids({2}), ids({3})});
  world.alter(ids({4, 2, 3}));
  const auto all = world.list();
  REQUIRE(all.size() == 1);
  CHECK(all[0].name == "t");
  REQUIRE(all[0].partitions.size() == 1);
  CHECK(all[0].partitions[0].replicas == ids({4, 2, 3, 1}));
  CHECK(all[0].partitions[0].adding == ids({4}));
  CHECK(all[0].partitions[0].removing == ids({1}));

  protocol::ListPartitionReassignmentsRequest request;
  request.topics.emplace();
  for (const std::string_view name : {"u", "absent", "t"}) {
    auto& topic = request.topics->emplace_back();
    topic.name = TopicName(name);
    topic.partition_indexes = {2, 0, 7};
  }
  const auto named = list_partition_reassignments(request, world.image());
  REQUIRE(named.size() == 1);
  CHECK(named[0].partitions.size() == 1);
}

}  // namespace
}  // namespace moldau::metadata
