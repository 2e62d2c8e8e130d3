#include "metadata/topic_decisions.h"

#include <doctest/doctest.h>

#include "tests/metadata/broker_ids.h"
#include "tests/metadata/world.h"

namespace moldau::metadata {
namespace {

protocol::CreateTopicsRequest::CreatableTopic wanted(std::string_view name, std::int32_t partitions = -1,
                                                     std::int16_t replication_factor = -1) {
  protocol::CreateTopicsRequest::CreatableTopic topic;
  topic.name = TopicName(name);
  topic.num_partitions = partitions;
  topic.replication_factor = replication_factor;
  return topic;
}

std::vector<CreatedTopic> create(World& world,
                                 std::vector<protocol::CreateTopicsRequest::CreatableTopic> topics,
                                 const TopicRights& rights = {}) {
  protocol::CreateTopicsRequest request;
  request.topics = std::move(topics);
  return world.commit(create_topics(request, rights, world.context()));
}

CreatedTopic create_one(World& world, const protocol::CreateTopicsRequest::CreatableTopic& topic) {
  auto created = create(world, {topic});
  REQUIRE(created.size() == 1);
  return created[0];
}

TEST_CASE("a topic is created with its partitions and configs and told in full") {
  World world;
  world.start();
  auto topic = wanted("orders", 3, 1);
  auto& config = topic.configs.emplace_back();
  config.name = "retention.ms";
  config.value = "1000";
  const auto created = create_one(world, topic);
  CHECK(created.error == ErrorCode::kNone);
  CHECK_FALSE(created.error_message.has_value());
  CHECK(created.partition_count == 3);
  CHECK(created.replication_factor == 1);
  REQUIRE(created.configs.size() == 1);
  CHECK(created.configs[0].value == "1000");
  const Topic* found = world.image().topic("orders");
  REQUIRE(found != nullptr);
  CHECK(found->id() == created.topic_id);
  REQUIRE(found->partition_count() == 3);
  CHECK(*found->find(2) == Partition{.replicas = ids({1}),
                                     .directories = {Uuid(1000, 1)},
                                     .isr = ids({1}),
                                     .elr = {},
                                     .last_known_elr = {},
                                     .removing = {},
                                     .adding = {},
                                     .leader = BrokerId(1)});
  CHECK(world.image().configs_of(topic_resource("orders"))->at("retention.ms") == "1000");
}

TEST_CASE("defaults apply where the request leaves a number open") {
  World world;
  world.settings.default_partitions = 4;
  world.start();
  CHECK(create_one(world, wanted("t")).partition_count == 4);
}

TEST_CASE("topics that can't be are refused in Kafka's words, each on its own") {
  World world;
  world.start();
  create(world, {wanted("a.b", 1, 1)});
  const auto check = [&](const protocol::CreateTopicsRequest::CreatableTopic& topic, ErrorCode code,
                         std::string_view message) {
    const auto answer = create(world, {topic, wanted("fine")});
    REQUIRE(answer.size() == 2);
    CHECK(answer[0].error == code);
    CHECK(answer[0].error_message.value_or("") == message);
    CHECK((answer[1].error == ErrorCode::kNone || answer[1].error == ErrorCode::kTopicAlreadyExists));
  };
  check(wanted("a.b"), ErrorCode::kTopicAlreadyExists, "Topic 'a.b' already exists.");
  check(wanted("a_b"), ErrorCode::kInvalidTopicException, "Topic 'a_b' collides with existing topic: a.b");
  check(wanted(""), ErrorCode::kInvalidTopicException,
        "Topic name is invalid: the empty string is not allowed");
  check(wanted("x", 0), ErrorCode::kInvalidPartitions,
        "Number of partitions was set to an invalid non-positive value.");
  check(wanted("x", 1, 0), ErrorCode::kInvalidReplicationFactor,
        "Replication factor must be larger than 0, or -1 to use the default value.");
  check(wanted("x", 1, 2), ErrorCode::kInvalidReplicationFactor,
        "Unable to replicate the partition 2 time(s): The target replication factor of 2 cannot be reached "
        "because "
        "only 1 broker(s) are registered or some brokers have all their log directories cordoned.");
}

TEST_CASE("the metadata log's own name is prohibited") {
  World world;
  world.start();
  const auto answer = create_one(world, wanted("__cluster_metadata"));
  CHECK(answer.error == ErrorCode::kInvalidRequest);
  CHECK(answer.error_message == "Creation of internal topic __cluster_metadata is prohibited.");
}

TEST_CASE("configs are judged before anything is created") {
  World world;
  world.start();
  auto unknown = wanted("x");
  auto& config = unknown.configs.emplace_back();
  config.name = "no.such.config";
  config.value = "1";
  CHECK(create_one(world, unknown).error_message == "Unknown topic config name: no.such.config");
  config.value.reset();
  CHECK(create_one(world, unknown).error_message ==
        "Null value not supported for topic configs: no.such.config");
  CHECK(world.image().topic("x") == nullptr);
}

TEST_CASE("manual assignments are checked broker by broker") {
  World world;
  world.start();
  auto topic = wanted("x");
  auto& assignment = topic.assignments.emplace_back();
  assignment.partition_index = 0;
  CHECK(create_one(world, topic).error_message ==
        "The manual partition assignment includes an empty replica list.");
  assignment.broker_ids = ids({2});
  CHECK(create_one(world, topic).error_message ==
        "The manual partition assignment includes broker 2, but no such broker is registered.");
  assignment.broker_ids = ids({1, 1});
  CHECK(create_one(world, topic).error_message ==
        "The manual partition assignment includes the broker 1 more than once.");
  assignment.broker_ids = ids({1});
  assignment.partition_index = 1;
  CHECK(create_one(world, topic).error_message ==
        "partitions should be a consecutive 0-based integer sequence");
  assignment.partition_index = 0;
  topic.num_partitions = 1;
  CHECK(create_one(world, topic).error == ErrorCode::kInvalidRequest);
  topic.num_partitions = -1;
  CHECK(create_one(world, topic).error == ErrorCode::kNone);
}

TEST_CASE("duplicates and topics without the right to create them stand at the end of the answer") {
  World world;
  world.start();
  const TopicRights rights{.may_create = [](std::string_view name) { return name != "secret"; },
                           .may_describe_configs = [](std::string_view name) { return name != "hidden"; }};
  const auto answer =
      create(world, {wanted("twice"), wanted("secret"), wanted("hidden"), wanted("twice")}, rights);
  REQUIRE(answer.size() == 3);
  CHECK(answer[0].name == "hidden");
  CHECK(answer[0].config_error == ErrorCode::kTopicAuthorizationFailed);
  CHECK(answer[0].partition_count == -1);
  CHECK(answer[1].error_message == "Duplicate topic name.");
  CHECK(answer[2].error == ErrorCode::kTopicAuthorizationFailed);
  CHECK(world.image().topics.size() == 1);
}

TEST_CASE("validating only decides the same and leaves no records") {
  World world;
  world.start();
  protocol::CreateTopicsRequest request;
  request.topics = {wanted("x", 2, 1)};
  request.validate_only = true;
  const auto decision = create_topics(request, {}, world.context());
  REQUIRE(decision.has_value());
  CHECK(decision->records.empty());
  CHECK(decision->response[0].partition_count == 2);
}

TEST_CASE("a request for too many partitions fails as a whole") {
  World world;
  world.start();
  protocol::CreateTopicsRequest request;
  request.topics = {wanted("x", 6000, 1), wanted("y", 4001, 1)};
  CHECK(create_topics(request, {}, world.context()).error().code == ErrorCode::kPolicyViolation);
}

TEST_CASE("topics are deleted by name and by id, with their configs") {
  World world;
  world.start();
  auto topic = wanted("a");
  auto& config = topic.configs.emplace_back();
  config.name = "retention.ms";
  config.value = "5";
  create(world, {topic, wanted("b"), wanted("c")});
  const Uuid b = world.image().topic("b")->id();
  const Uuid c = world.image().topic("c")->id();
  protocol::DeleteTopicsRequest request;
  request.topics.emplace_back().name = TopicName("a");
  request.topics.emplace_back().topic_id = b;
  request.topics.emplace_back().topic_id = Uuid(7, 7);
  request.topics.emplace_back().name = TopicName("none");
  request.topics.emplace_back();
  auto& both = request.topics.emplace_back();
  both.name = TopicName("c");
  both.topic_id = c;
  const auto answer = world.commit(delete_topics(request, 6, {}, world.context()));
  std::map<std::string, ErrorCode> errors;
  for (const auto& deleted : answer) {
    errors[deleted.name.value_or(deleted.topic_id.is_zero() ? "nothing" : "unknown id")] = deleted.error;
  }
  CHECK(errors == std::map<std::string, ErrorCode>{{"a", ErrorCode::kNone},
                                                   {"b", ErrorCode::kNone},
                                                   {"c", ErrorCode::kInvalidRequest},
                                                   {"none", ErrorCode::kUnknownTopicOrPartition},
                                                   {"nothing", ErrorCode::kInvalidRequest},
                                                   {"unknown id", ErrorCode::kUnknownTopicId}});
  CHECK(world.image().topics.size() == 1);
  CHECK(world.image().configs_of(topic_resource("a")) == nullptr);
}

TEST_CASE("deletion can be switched off") {
  World world;
  world.settings.is_topic_deletion_enabled = false;
  world.start();
  CHECK(delete_topics({}, 6, {}, world.context()).error().code == ErrorCode::kTopicDeletionDisabled);
  CHECK(delete_topics({}, 2, {}, world.context()).error().code == ErrorCode::kInvalidRequest);
}

}  // namespace
}  // namespace moldau::metadata
