#include "config/describe.h"

#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/config/golden.h"

namespace moldau::config {
namespace {

using Row = std::vector<std::string>;

Row row_of(const DescribedConfig& entry) {
  std::string synonyms;
  for (const DescribedSynonym& synonym : entry.synonyms) {
    if (!synonyms.empty()) synonyms.push_back(';');
    synonyms += synonym.name + "=" + synonym.value.value_or("<null>") + "@" +
                std::to_string(static_cast<int>(synonym.source));
  }
  return {entry.name,
          entry.value.value_or("<null>"),
          std::to_string(static_cast<int>(entry.source)),
          std::to_string(static_cast<int>(entry.type)),
          entry.read_only ? "true" : "false",
          entry.sensitive ? "true" : "false",
          synonyms};
}

std::vector<Row> recorded(const std::string& label) {
  std::vector<Row> rows;
  for (const Row& row : golden_rows("describe.tsv")) {
    if (row[0] == label) rows.emplace_back(row.begin() + 1, row.end());
  }
  return rows;
}

void check_same(const std::vector<DescribedConfig>& entries, const std::string& label) {
  const std::vector<Row> expected = recorded(label);
  REQUIRE(!expected.empty());
  REQUIRE(entries.size() == expected.size());
  for (std::size_t i = 0; i < entries.size(); ++i)
    CHECK(row_of(entries[i]) == expected[i]);
}

Properties static_topic_settings() {
  Properties fixed = combined_node();
  fixed["log.retention.hours"] = "24";
  fixed["log.retention.ms"] = " 1000000 ";
  fixed["compression.type"] = "zstd";
  fixed["log.roll.hours"] = "2";
  return fixed;
}

BrokerLayers mixed_layers() {
  Properties fixed = combined_node();
  fixed["log.retention.hours"] = "24";
  fixed["unknown.key"] = "v";
  fixed["listener.name.plaintext.ssl.keystore.password"] = "secret";
  fixed["listener.name.plaintext.connections.max.reauth.ms"] = "5";
  fixed["metric.reporters"] = "";
  fixed["ssl.keystore.password"] = "x";
  fixed["server.max.startup.time.ms"] = "77";
  fixed["num.io.threads"] = " 4 ";
  return {.fixed = fixed,
          .dynamic_default = {{"log.cleaner.threads", "2"},
                              {"leader.replication.throttled.rate", "5"},
                              {"log.retention.ms", "6"}},
          .dynamic_broker = {{"num.io.threads", "5"}}};
}

}  // namespace

TEST_CASE("a topic without overrides is described as Apache Kafka describes it") {
  const auto broker = resolve_static(combined_node());
  REQUIRE(broker);
  check_same(describe_topic(*broker, {}), "topic-plain");
}

TEST_CASE("a topic's overrides, dynamic, static and default settings are told apart as in Apache Kafka") {
  const auto broker = BrokerConfig::resolve({.fixed = static_topic_settings(),
                                             .dynamic_default = {{"log.cleaner.delete.retention.ms", "77"}},
                                             .dynamic_broker = {{"log.flush.interval.ms", "9"}}});
  REQUIRE(broker);
  const Properties overrides = {
      {"cleanup.policy", "compact, delete"}, {"retention.ms", "5000"}, {"internal.segment.bytes", "5"}};
  check_same(describe_topic(*broker, overrides), "topic-mixed");
}

TEST_CASE("a broker is described as Apache Kafka describes it") {
  const auto broker = resolve_static(combined_node());
  REQUIRE(broker);
  check_same(describe_broker(*broker), "broker-plain");
}

TEST_CASE("a broker with unknown, internal, secret, dynamic and per-listener settings is described alike") {
  const auto broker = BrokerConfig::resolve(mixed_layers());
  REQUIRE(broker);
  const auto entries = describe_broker(*broker);
  const auto expected = recorded("broker-mixed");
  REQUIRE(entries.size() == expected.size());
  // The names the table does not have come first; the order among them depends on the size of a Java map.
  std::map<std::string, Row> by_name;
  for (const Row& row : expected)
    by_name[row[0]] = row;
  for (const DescribedConfig& entry : entries)
    CHECK(row_of(entry) == by_name[entry.name]);
  for (std::size_t i = 5; i < entries.size(); ++i)
    CHECK(entries[i].name == expected[i][0]);
}

TEST_CASE("the defaults of all brokers are described from the dynamic layer alone") {
  const auto broker = BrokerConfig::resolve(mixed_layers());
  REQUIRE(broker);
  check_same(describe_broker_defaults(*broker), "broker-default");
}

TEST_CASE("a group is described as Apache Kafka describes it") {
  const auto broker = resolve_static(combined_node());
  REQUIRE(broker);
  check_same(describe_group(*broker, {}), "group-plain");
  check_same(describe_group(*broker, {{"consumer.session.timeout.ms", "50000"},
                                      {"share.isolation.level", "read_committed"}}),
             "group-mixed");
}

TEST_CASE("without a file the single-node settings are described as static") {
  const auto fixed = load_static(std::nullopt, {});
  REQUIRE(fixed);
  const auto broker = resolve_static(*fixed);
  REQUIRE(broker);
  for (const DescribedConfig& entry : describe_broker(*broker)) {
    if (single_node_defaults().contains(entry.name)) CHECK(entry.source == ConfigSource::kStaticBroker);
  }
}

}  // namespace moldau::config
