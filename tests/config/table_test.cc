#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "config/describe.h"
#include "config/key.h"
#include "config/value.h"
#include "tests/config/golden.h"

namespace moldau::config {
namespace {

std::string type_name(ConfigType type) {
  static const std::vector<std::string> kNames = {"UNKNOWN", "BOOLEAN", "STRING", "INT",   "SHORT",
                                                  "LONG",    "DOUBLE",  "LIST",   "CLASS", "PASSWORD"};
  return kNames[static_cast<std::size_t>(type)];
}

std::string update_name(Update update) {
  static const std::vector<std::string> kNames = {"read-only", "per-broker", "cluster-wide"};
  return kNames[static_cast<std::size_t>(update)];
}

std::span<const ConfigKey> keys_of_scope(const std::string& scope) {
  if (scope == "broker") return keys_of(ResourceType::kBroker);
  if (scope == "topic") return keys_of(ResourceType::kTopic);
  if (scope == "group") return keys_of(ResourceType::kGroup);
  if (scope == "metrics") return keys_of(ResourceType::kClientMetrics);
  return broker_quota_keys();
}

std::string default_text(const ConfigKey& key) {
  if (key.default_value.is_required()) return "<required>";
  return to_text(default_of(key)).value_or("<null>");
}

}  // namespace

TEST_CASE("the table has Apache Kafka's names, types, defaults and ways to change, in its order") {
  std::map<std::string, std::size_t> next;
  for (const auto& row : golden_rows("definitions.tsv")) {
    INFO(row[0], " ", row[1]);
    const auto keys = keys_of_scope(row[0]);
    const std::size_t i = next[row[0]]++;
    REQUIRE(i < keys.size());
    CHECK(keys[i].name == row[1]);
    CHECK(type_name(keys[i].type) == row[2]);
    CHECK(default_text(keys[i]) == row[3]);
    CHECK(keys[i].is_internal() == (row[4] == "true"));
    CHECK(update_name(keys[i].update) == row[5]);
  }
  CHECK(next["broker"] == 360);
  CHECK(next["topic"] == 34);
  CHECK(next["group"] == 17);
  CHECK(next["metrics"] == 3);
  CHECK(next["quota"] == 3);
}

TEST_CASE("every default passes its own validator") {
  for (const auto resource : {ResourceType::kBroker, ResourceType::kTopic, ResourceType::kGroup}) {
    for (const ConfigKey& key : keys_of(resource)) {
      INFO(std::string(key.name));
      if (!key.default_value.is_required()) CHECK(check_value(key, default_of(key)).has_value());
    }
  }
}

TEST_CASE("every row is found by its name and no other name is found") {
  for (const auto resource : {ResourceType::kBroker, ResourceType::kTopic, ResourceType::kGroup}) {
    for (const ConfigKey& key : keys_of(resource))
      CHECK(find_key(resource, key.name) == &key);
    CHECK(find_key(resource, "no.such.name") == nullptr);
  }
}

TEST_CASE("the broker configurations behind topics and groups exist") {
  for (const auto resource : {ResourceType::kTopic, ResourceType::kGroup}) {
    for (const ConfigKey& key : keys_of(resource)) {
      if (!key.broker_key.empty()) CHECK(find_key(ResourceType::kBroker, key.broker_key) != nullptr);
    }
  }
}

}  // namespace moldau::config
