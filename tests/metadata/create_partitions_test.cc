#include <doctest/doctest.h>

#include "metadata/topic_decisions.h"
#include "tests/metadata/broker_ids.h"
#include "tests/metadata/world.h"

namespace moldau::metadata {
namespace {

using Assignments = std::optional<std::vector<Replicas>>;

/// A cluster of one broker with the topic "t" of two partitions.
struct PartitionsWorld : World {
  PartitionsWorld() {
    start();
    create_topic("t", 2);
  }

  static void add(protocol::CreatePartitionsRequest& request, std::string_view name, std::int32_t count,
                  const Assignments& assignments = {}) {
    auto& topic = request.topics.emplace_back();
    topic.name = TopicName(name);
    topic.count = count;
    topic.assignments.reset();
    if (!assignments) return;
    topic.assignments.emplace();
    for (const Replicas& replicas : *assignments)
      topic.assignments->emplace_back().broker_ids = replicas;
  }

  ExtendedTopic extend(std::int32_t count, const Assignments& assignments = {}) {
    protocol::CreatePartitionsRequest request;
    add(request, "t", count, assignments);
    auto answers = commit(create_partitions(request, TopicRights{}, context()));
    REQUIRE(answers.size() == 1);
    return answers[0];
  }

  std::size_t partition_count() const { return image().topic("t")->partition_count(); }
};

TEST_CASE("partitions are added behind those that are there") {
  PartitionsWorld world;
  const ExtendedTopic answer = world.extend(4);
  CHECK(answer.error == ErrorCode::kNone);
  CHECK_FALSE(answer.error_message.has_value());
  CHECK(world.partition_count() == 4);
  CHECK(world.image().topic("t")->find(3)->leader == BrokerId(1));
  CHECK(world.extend(5, std::vector<Replicas>{ids({1})}).error == ErrorCode::kNone);
  CHECK(world.partition_count() == 5);
}

TEST_CASE("counts and assignments that cannot be are refused in Kafka's words") {
  PartitionsWorld world;
  CHECK(world.extend(2).error_message == "Topic already has 2 partition(s).");
  CHECK(world.extend(1).error_message ==
        "The topic t currently has 2 partition(s); 1 would not be an increase.");
  CHECK(world.extend(4, std::vector<Replicas>{ids({1})}).error_message ==
        "Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.");
  CHECK(world.extend(3, std::vector<Replicas>{ids({7})}).error == ErrorCode::kInvalidReplicaAssignment);
  CHECK(world.extend(3, std::vector<Replicas>{ids({})}).error == ErrorCode::kInvalidReplicaAssignment);
  CHECK(world.extend(20'000).error == ErrorCode::kUnknownServerError);
  CHECK(world.partition_count() == 2);
}

TEST_CASE("topics named twice, unknown or forbidden do not keep the others from growing") {
  PartitionsWorld world;
  protocol::CreatePartitionsRequest request;
  PartitionsWorld::add(request, "twice", 3);
  PartitionsWorld::add(request, "absent", 3);
  PartitionsWorld::add(request, "forbidden", 3);
  PartitionsWorld::add(request, "t", 3);
  PartitionsWorld::add(request, "twice", 4);
  TopicRights rights;
  rights.may_alter = [](std::string_view name) { return name != "forbidden"; };
  const auto answers = world.commit(create_partitions(request, rights, world.context()));
  REQUIRE(answers.size() == 4);
  CHECK(answers[0].error_message == "Duplicate topic name.");
  CHECK(answers[1].error == ErrorCode::kUnknownTopicOrPartition);
  CHECK(answers[2].error == ErrorCode::kTopicAuthorizationFailed);
  CHECK(answers[3].error == ErrorCode::kNone);
  CHECK(world.partition_count() == 3);
}

TEST_CASE("validation alone adds no partitions") {
  PartitionsWorld world;
  protocol::CreatePartitionsRequest request;
  request.validate_only = true;
  PartitionsWorld::add(request, "t", 3);
  CHECK(world.commit(create_partitions(request, TopicRights{}, world.context()))[0].error ==
        ErrorCode::kNone);
  CHECK(world.partition_count() == 2);
}

}  // namespace
}  // namespace moldau::metadata
