#include "config/broker_config.h"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "config/dynamic_config.h"
#include "config/topic_config.h"
#include "tests/config/golden.h"

namespace moldau::config {
namespace {

BrokerConfig resolved(Properties extra) {
  Properties properties = combined_node();
  for (auto& [name, text] : extra)
    properties.insert_or_assign(name, text);
  auto broker = resolve_static(std::move(properties));
  INFO((broker ? "" : broker.error().message));
  REQUIRE(broker);
  return *std::move(broker);
}

}  // namespace

TEST_CASE("without a file a node is broker and controller of its own on loopback, with single replicas") {
  const auto fixed = load_static(std::nullopt, {});
  REQUIRE(fixed);
  const auto broker = resolve_static(*fixed);
  REQUIRE(broker);
  CHECK(broker->node.is_broker);
  CHECK(broker->node.is_controller);
  CHECK(broker->node.node_id == 1);
  CHECK(broker->listeners.all.front() ==
        Endpoint{"PLAINTEXT", SecurityProtocol::kPlaintext, "127.0.0.1", 9092});
  CHECK(broker->quorum.voters.at(1) == HostPort{"127.0.0.1", 9093});
  CHECK(broker->offsets.topic_replication_factor == 1);
  CHECK(broker->transactions.state_log_min_isr == 1);
  CHECK(broker->groups.initial_rebalance_delay_ms == 0);
  CHECK(broker->warnings().empty());
}

TEST_CASE("with a file Kafka's defaults apply exactly, and the command line wins over the file") {
  const std::string overrides[] = {"node.id=1", "num.partitions=7"};
  const auto fixed = load_static(
      "process.roles=broker,controller\nnode.id=9\ncontroller.listener.names=CONTROLLER\n"
      "listeners=PLAINTEXT://:9092,CONTROLLER://:9093\ncontroller.quorum.voters=1@localhost:9093\n",
      overrides);
  REQUIRE(fixed);
  const auto broker = resolve_static(*fixed);
  REQUIRE(broker);
  CHECK(broker->node.node_id == 1);
  CHECK(broker->topics.num_partitions == 7);
  CHECK(broker->groups.initial_rebalance_delay_ms == 3000);
  CHECK(broker->offsets.topic_replication_factor == 3);
  CHECK(broker->node.log_dirs == StringList{"/tmp/kafka-logs"});
}

TEST_CASE("listeners keep their hosts, ports and protocols, and clients are told the advertised ones") {
  const BrokerConfig broker =
      resolved({{"listeners", "INSIDE://0.0.0.0:9092,OUTSIDE://[::1]:9094,CONTROLLER://:9093"},
                {"advertised.listeners", "INSIDE://a:1,OUTSIDE://b:1"},
                {"listener.security.protocol.map", "INSIDE:PLAINTEXT,outside:sasl_ssl,CONTROLLER:PLAINTEXT"},
                {"inter.broker.listener.name", "INSIDE"}});
  CHECK(broker.listeners.all[1] == Endpoint{"OUTSIDE", SecurityProtocol::kSaslSsl, "::1", 9094});
  CHECK(broker.listeners.all[2].host.empty());
  CHECK(broker.listeners.advertised_broker ==
        std::vector<Endpoint>{{"INSIDE", SecurityProtocol::kPlaintext, "a", 1},
                              {"OUTSIDE", SecurityProtocol::kSaslSsl, "b", 1}});
  CHECK(broker.listeners.advertised_controller ==
        std::vector<Endpoint>{{"CONTROLLER", SecurityProtocol::kPlaintext, "localhost", 9093}});
  CHECK(broker.listeners.inter_broker_name == "INSIDE");
  CHECK(broker.listeners.early_start == std::vector<std::string>{"CONTROLLER"});
}

TEST_CASE("broker.id stands in for node.id") {
  Properties properties = combined_node();
  properties.erase("node.id");
  properties["broker.id"] = "1";
  const auto broker = resolve_static(properties);
  REQUIRE(broker);
  CHECK(broker->node.node_id == 1);
}

TEST_CASE("milliseconds win over minutes, and minutes over hours") {
  CHECK(resolve_topic_config(resolved({}), {}).retention_ms == 604'800'000);
  CHECK(resolve_topic_config(resolved({{"log.retention.hours", "1"}}), {}).retention_ms == 3'600'000);
  CHECK(resolve_topic_config(resolved({{"log.retention.hours", "1"}, {"log.retention.minutes", "2"}}), {})
            .retention_ms == 120'000);
  CHECK(resolve_topic_config(resolved({{"log.retention.minutes", "2"}, {"log.retention.ms", "-7"}}), {})
            .retention_ms == -1);
  CHECK(resolve_topic_config(resolved({{"log.roll.hours", "2"}}), {}).segment_ms == 7'200'000);
}

TEST_CASE("a topic's overrides win over the broker's settings") {
  const BrokerConfig broker = resolved({{"log.cleanup.policy", "compact"}, {"message.max.bytes", "5000"}});
  const TopicConfig plain = resolve_topic_config(broker, {});
  CHECK(plain.compact);
  CHECK(!plain.delete_old);
  CHECK(plain.max_message_bytes == 5000);
  const TopicConfig own = resolve_topic_config(broker, {{"cleanup.policy", "delete"},
                                                        {"compression.type", "lz4"},
                                                        {"message.timestamp.type", "LogAppendTime"}});
  CHECK(!own.compact);
  CHECK(own.delete_old);
  CHECK(own.compression == TopicCompression::kLz4);
  CHECK(own.timestamp_type == TimestampType::kLogAppendTime);
  CHECK(own.max_message_bytes == 5000);
}

TEST_CASE("an override that a newer version allowed falls back to the broker's value") {
  const TopicConfig config = resolve_topic_config(resolved({}), {{"segment.bytes", "1"}, {"new.name", "x"}});
  CHECK(config.segment_bytes == 1'073'741'824);
}

TEST_CASE("the defaults without a broker are those of a broker without settings") {
  const TopicConfig bare = default_topic_config();
  const TopicConfig plain = resolve_topic_config(resolved({}), {});
  CHECK(bare.retention_ms == plain.retention_ms);
  CHECK(bare.segment_bytes == plain.segment_bytes);
  CHECK(bare.max_segment_ms() == plain.max_segment_ms());
}

TEST_CASE("unknown names and Java classes are accepted with a warning") {
  const BrokerConfig broker = resolved({{"no.such.name", "1"}, {"create.topic.policy.class.name", "a.B"}});
  CHECK(broker.warnings() ==
        std::vector<std::string>{
            "Unknown configuration no.such.name is ignored",
            "The Java class of create.topic.policy.class.name cannot be loaded and has no effect"});
}

TEST_CASE("the state of share groups is kept, or not, and by no other class") {
  const auto resolve_with = [](const std::string& name) {
    const std::string overrides[] = {"group.share.persister.class.name=" + name};
    const auto fixed = load_static(std::nullopt, overrides);
    REQUIRE(fixed);
    return resolve_static(*fixed);
  };
  const std::string package = "org.apache.kafka.server.share.persister.";
  CHECK(resolve_with(package + "DefaultStatePersister")->groups.persists_share_state);
  CHECK(!resolve_with(package + "NoOpStatePersister")->groups.persists_share_state);
  CHECK(!resolve_with("")->groups.persists_share_state);
  const auto unknown = resolve_with("Mine");
  REQUIRE(!unknown);
  CHECK(unknown.error().message == "Unknown persister specified Mine");
}

TEST_CASE("dynamic settings win over static ones, a broker's own over the defaults of all") {
  Properties fixed = combined_node();
  fixed["num.io.threads"] = "2";
  fixed["log.retention.minutes"] = "1";
  const auto broker = BrokerConfig::resolve(
      {.fixed = fixed,
       .dynamic_default = {{"num.io.threads", "3"}, {"log.retention.ms", "7"}, {"background.threads", "4"}},
       .dynamic_broker = {{"num.io.threads", "5"}}});
  REQUIRE(broker);
  CHECK(broker->network.num_io_threads == 5);
  CHECK(broker->network.background_threads == 4);
  CHECK(resolve_topic_config(*broker, {}).retention_ms == 7);
}

TEST_CASE("a dynamic change is refused for fixed names, unprefixed secrets, bad values and wrong scope") {
  const auto message = [](const Properties& properties, DynamicScope scope) {
    const auto checked = validate_dynamic(properties, scope);
    return checked ? "OK" : checked.error().message;
  };
  CHECK(message({{"num.io.threads", "4"}}, DynamicScope::kClusterDefault) == "OK");
  CHECK(message({{"node.id", "4"}}, DynamicScope::kPerBroker) ==
        "Cannot update these configs dynamically: [node.id]");
  CHECK(message({{"ssl.keystore.location", "x"}}, DynamicScope::kPerBroker) ==
        "These security configs can be dynamically updated only per-listener using the listener prefix: "
        "[ssl.keystore.location]");
  CHECK(message({{"num.io.threads", "0"}}, DynamicScope::kPerBroker) ==
        "Invalid value 0 for configuration num.io.threads: Value must be at least 1");
  CHECK(message({{"listeners", "PLAINTEXT://:1"}}, DynamicScope::kClusterDefault) ==
        "Cannot update these configs at default cluster level, broker id must be specified: [listeners]");
}

TEST_CASE("a dynamic change is judged together with all that is in force") {
  Properties fixed = single_node_defaults();
  fixed["num.io.threads"] = "8";
  const auto current = BrokerConfig::resolve({.fixed = fixed, .dynamic_default = {}, .dynamic_broker = {}});
  REQUIRE(current);
  const auto message = [&](Properties altered, Properties others, DynamicScope scope) {
    BrokerLayers next{.fixed = fixed, .dynamic_default = {}, .dynamic_broker = {}};
    const bool is_default = scope == DynamicScope::kClusterDefault;
    (is_default ? next.dynamic_default : next.dynamic_broker) = std::move(altered);
    (is_default ? next.dynamic_broker : next.dynamic_default) = std::move(others);
    const auto checked = check_dynamic_change(*current, next, scope);
    return checked ? "OK" : checked.error().message;
  };
  CHECK(message({{"num.io.threads", "16"}}, {}, DynamicScope::kPerBroker) == "OK");
  CHECK(message({{"num.io.threads", "4"}}, {}, DynamicScope::kClusterDefault) == "OK");
  CHECK(
      message({{"num.io.threads", "17"}}, {}, DynamicScope::kPerBroker) ==
      "Invalid value org.apache.kafka.common.config.ConfigException: Dynamic thread count update validation "
      "failed for num.io.threads=17, value should not be greater than double the current value 8 for "
      "configuration Invalid dynamic configuration");
  CHECK(message({{"num.io.threads", "3"}}, {}, DynamicScope::kPerBroker).contains("at least half"));
  // The broker's own setting hides the default of all.
  CHECK(message({{"num.io.threads", "17"}}, {{"num.io.threads", "8"}}, DynamicScope::kClusterDefault) ==
        "OK");
  CHECK(
      message({{"log.cleaner.threads", "3"}}, {}, DynamicScope::kPerBroker).contains("Log cleaner threads"));
  CHECK(message({{"node.id", "3"}}, {}, DynamicScope::kPerBroker).contains("Cannot update"));
  CHECK(message({{"max.connections.per.ip.overrides", "x"}}, {}, DynamicScope::kPerBroker) ==
        "Error parsing configuration property 'max.connections.per.ip.overrides': begin 0, end -1, length 1");
}

TEST_CASE("compaction lags of a broker are held against each other in its file, and not when they change") {
  const Properties lags{{"log.cleaner.min.compaction.lag.ms", "10000"},
                        {"log.cleaner.max.compaction.lag.ms", "5000"}};
  Properties fixed = single_node_defaults();
  CHECK(BrokerConfig::resolve({.fixed = fixed, .dynamic_default = lags, .dynamic_broker = {}}));
  fixed.insert(lags.begin(), lags.end());
  const auto refused = BrokerConfig::resolve({.fixed = fixed, .dynamic_default = {}, .dynamic_broker = {}});
  REQUIRE(!refused);
  CHECK(refused.error().message.contains("conflict topic config setting"));
}

TEST_CASE("what cannot take effect of the dynamic settings in the metadata log is left out") {
  std::vector<std::string> ignored;
  const Properties usable =
      usable_dynamic({{"node.id", "4"}, {"num.io.threads", "0"}, {"background.threads", "3"}},
                     DynamicScope::kPerBroker, ignored);
  CHECK(usable == Properties{{"background.threads", "3"}});
  CHECK(ignored == std::vector<std::string>{"node.id", "num.io.threads"});
}

TEST_CASE("produce checks every record unless the operator trusts the producers") {
  CHECK(resolved({}).moldau.produce_validate == ProduceValidation::kRecords);
  CHECK(resolved({{"moldau.produce.validate", "headers"}}).moldau.produce_validate ==
        ProduceValidation::kHeaders);
}

TEST_CASE("the admin port is on the loopback interface unless it is told otherwise or turned off") {
  CHECK(resolved({}).moldau.admin_listener == HostPort{.host = "127.0.0.1", .port = 9464});
  CHECK(resolved({{"moldau.admin.listener", "[::]:0"}}).moldau.admin_listener ==
        HostPort{.host = "::", .port = 0});
  CHECK_FALSE(resolved({{"moldau.admin.listener", ""}}).moldau.admin_listener);
  Properties wrong = combined_node();
  wrong.insert_or_assign("moldau.admin.listener", "9464");
  CHECK(resolve_static(std::move(wrong)).error().message ==
        "Invalid value 9464 for configuration moldau.admin.listener: must be host:port");
}

}  // namespace moldau::config
