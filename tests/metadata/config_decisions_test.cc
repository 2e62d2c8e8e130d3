#include "metadata/config_decisions.h"

#include <doctest/doctest.h>

#include "tests/metadata/world.h"

namespace moldau::metadata {
namespace {

ConfigChange set(std::string value) {
  return {.operation = AlterOperation::kSet, .value = std::move(value)};
}

ConfigChange change(AlterOperation operation, std::optional<std::string> value = {}) {
  return {.operation = operation, .value = std::move(value)};
}

/// A cluster of one broker with the topic "t".
struct ConfigWorld : World {
  ConfigWorld() {
    start();
    create_topic("t", 1);
  }

  AlteredResource alter(const ConfigResource& resource, std::map<std::string, ConfigChange> changes,
                        Alteration kind = Alteration::kIncremental) {
    const std::vector<ResourceAlteration> wanted{{.resource = resource, .changes = std::move(changes)}};
    auto answers = commit(alter_configs(wanted, kind, false, context()));
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].resource == resource);
    return answers[0];
  }

  Configs configs_of(const ConfigResource& resource) const {
    const Configs* found = image().configs_of(resource);
    return found == nullptr ? Configs{} : *found;
  }

  const ConfigResource topic = topic_resource("t");
};

TEST_CASE("configs are set, kept, deleted and replaced as a whole") {
  ConfigWorld world;
  CHECK(world.alter(world.topic, {{"a", set("1")}, {"b", set("2")}}).error == ErrorCode::kNone);
  CHECK(world.alter(world.topic, {{"a", set("3")}}).error == ErrorCode::kNone);
  CHECK(world.configs_of(world.topic) == Configs{{"a", "3"}, {"b", "2"}});
  world.alter(world.topic, {{"a", change(AlterOperation::kDelete, "left alone")},
                            {"no", change(AlterOperation::kDelete)}});
  CHECK(world.configs_of(world.topic) == Configs{{"b", "2"}});
  world.alter(world.topic, {{"c", set("4")}}, Alteration::kReplaceAll);
  CHECK(world.configs_of(world.topic) == Configs{{"c", "4"}});
  world.alter(world.topic, {}, Alteration::kReplaceAll);
  CHECK(world.configs_of(world.topic).empty());
}

TEST_CASE("lists grow and shrink from what is set, or from the default") {
  ConfigWorld world;
  const auto policy = [&] { return world.configs_of(world.topic)["cleanup.policy"]; };
  const auto append = [&](std::string value) {
    return world.alter(world.topic, {{"cleanup.policy", change(AlterOperation::kAppend, std::move(value))}});
  };
  append("compact");
  CHECK(policy() == "delete,compact");
  append("delete,burn");
  CHECK(policy() == "delete,compact,burn");
  world.alter(world.topic, {{"cleanup.policy", change(AlterOperation::kSubtract, "delete,burn,other")}});
  CHECK(policy() == "compact");
  const auto refused = world.alter(world.topic, {{"a", change(AlterOperation::kSubtract, "1")}});
  CHECK(refused.error == ErrorCode::kInvalidConfig);
  CHECK(refused.error_message == "Can't SUBTRACT to key a because its type is not LIST.");
}

TEST_CASE("a resource fails as a whole and on its own") {
  ConfigWorld world;
  const std::vector<ResourceAlteration> wanted{
      {.resource = topic_resource("absent"), .changes = {{"a", set("1")}}},
      {.resource = world.topic, .changes = {{"a", set("1")}, {"no.such.config", set("2")}}},
      {.resource = broker_resource(BrokerId(1)), .changes = {{"x", set("1")}}},
      {.resource = broker_resource(BrokerId(7)), .changes = {{"x", set("1")}}}};
  const auto answers = world.commit(alter_configs(wanted, Alteration::kIncremental, false, world.context()));
  REQUIRE(answers.size() == 4);
  CHECK(answers[0].error == ErrorCode::kUnknownTopicOrPartition);
  CHECK(answers[0].error_message == "The topic 'absent' does not exist.");
  CHECK(answers[1].error == ErrorCode::kInvalidConfig);
  CHECK(answers[2].error == ErrorCode::kNone);
  CHECK(answers[3].error == ErrorCode::kBrokerIdNotRegistered);
  CHECK(world.configs_of(world.topic).empty());
  CHECK(world.configs_of(broker_resource(BrokerId(1))) == Configs{{"x", "1"}});
}

TEST_CASE("validation alone leaves no records") {
  ConfigWorld world;
  const std::vector<ResourceAlteration> wanted{{.resource = world.topic, .changes = {{"a", set("1")}}}};
  const auto decision = alter_configs(wanted, Alteration::kIncremental, true, world.context());
  REQUIRE(decision.has_value());
  CHECK(decision->records.empty());
  CHECK(decision->response[0].error == ErrorCode::kNone);
}

TEST_CASE("records are written for brokers even if nothing changes, and for others only then") {
  ConfigWorld world;
  const auto count = [&](const ConfigResource& resource) {
    const std::vector<ResourceAlteration> wanted{{.resource = resource, .changes = {{"a", set("1")}}}};
    auto decision = alter_configs(wanted, Alteration::kIncremental, false, world.context());
    REQUIRE(decision.has_value());
    world.apply(decision->records);
    return decision->records.size();
  };
  CHECK(count(world.topic) == 1);
  CHECK(count(world.topic) == 0);
  CHECK(count(cluster_resource()) == 1);
  CHECK(count(cluster_resource()) == 1);
}

TEST_CASE("with eligible leader replicas, min.insync.replicas belongs to topics and the cluster") {
  ConfigWorld world;
  REQUIRE(world.image().is_elr_enabled());
  const std::string name = "min.insync.replicas";
  CHECK(world.alter(broker_resource(BrokerId(1)), {{name, set("1")}}).error_message ==
        "Broker-level min.insync.replicas cannot be altered while ELR is enabled.");
  CHECK(world.alter(cluster_resource(), {{name, change(AlterOperation::kDelete)}}).error_message ==
        "Cluster-level min.insync.replicas cannot be removed while ELR is enabled.");
  const auto before = world.log.size();
  CHECK(world.alter(world.topic, {{name, set("2")}}).error == ErrorCode::kNone);
  CHECK(world.log.size() == before + 2);  // the config, and the end of the topic's eligible replicas
}

TEST_CASE("what no config may be is refused in Kafka's words") {
  ConfigWorld world;
  CHECK(world.alter(world.topic, {{"a", set(std::string(32'768, 'x'))}}).error_message ==
        "The configuration value cannot be added because it exceeds the maximum value size of 32767 bytes.");
  CHECK(world.alter(topic_resource(""), {}).error_message == "Default topic resources are not allowed.");
  CHECK(world.alter(topic_resource("a b"), {}).error == ErrorCode::kInvalidTopicException);
  const auto broker = [&](std::string name) {
    const ConfigResource resource{.type = static_cast<std::int8_t>(ConfigResourceType::kBroker),
                                  .name = std::move(name)};
    return world.alter(resource, {{"a", set("1")}}).error_message;
  };
  CHECK(broker("x") == "Unable to parse broker name as a base 10 number.");
  CHECK(broker("-1") == "Invalid negative broker ID.");
  CHECK(broker("99999999999") == "Unable to parse broker name as a base 10 number.");
}

TEST_CASE("a request that would write too many records is refused as a whole") {
  ConfigWorld world;
  std::vector<ResourceAlteration> wanted;
  ResourceAlteration& all = wanted.emplace_back(ResourceAlteration{.resource = world.topic, .changes = {}});
  for (std::size_t i = 0; i <= kMaxRecordsPerRequest; ++i)
    all.changes.emplace("config-" + std::to_string(i), set("1"));
  const auto decision = alter_configs(wanted, Alteration::kIncremental, false, world.context());
  REQUIRE_FALSE(decision.has_value());
  CHECK(decision.error().code == ErrorCode::kPolicyViolation);
}

}  // namespace
}  // namespace moldau::metadata
