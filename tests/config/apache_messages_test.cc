#include <map>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "config/group_config.h"
#include "config/topic_config.h"
#include "config/value.h"
#include "tests/config/golden.h"

namespace moldau::config {
namespace {

std::string message_of(const Result<void>& result) {
  return result ? "OK" : result.error().message;
}

std::string verdict(const BrokerConfig& broker, const std::vector<std::string>& row) {
  const std::string& name = row[1];
  const std::string& value = row[2];
  if (row[0] == "topic") return message_of(validate_topic_overrides(broker, {}, {{name, value}}));
  if (row[0] == "group") return message_of(validate_group_overrides(broker, {{name, value}}));
  const auto parsed = parse_value(*find_key(ResourceType::kBroker, name), value);
  return parsed ? "OK" : parsed.error().message;
}

/// "a=1;b=2" as a map.
Properties pairs(const std::string& text) {
  Properties result;
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t end = std::min(text.find(';', start), text.size());
    const std::size_t equals = text.find('=', start);
    result[text.substr(start, equals - start)] = text.substr(equals + 1, end - equals - 1);
    start = end + 1;
  }
  return result;
}

}  // namespace

TEST_CASE("single values are accepted and refused in Apache Kafka's words") {
  const auto broker = resolve_static(combined_node());
  REQUIRE(broker);
  std::size_t compared = 0;
  for (const auto& row : golden_rows("values.tsv")) {
    REQUIRE(row.size() == 4);
    INFO(row[0], " ", row[1], "=", row[2]);
    CHECK(verdict(*broker, row) == row[3]);
    ++compared;
  }
  CHECK(compared > 900);
}

TEST_CASE("topic overrides that contradict each other are refused in Apache Kafka's words") {
  const auto broker = resolve_static(combined_node());
  REQUIRE(broker);
  std::size_t compared = 0;
  for (const auto& row : golden_rows("topics.tsv")) {
    INFO(row[1]);
    std::map<std::string, std::optional<std::string>> overrides;
    for (const auto& [name, text] : pairs(row[1]))
      overrides.emplace(name, text);
    CHECK(message_of(validate_topic_overrides(*broker, {}, overrides)) == row[3]);
    ++compared;
  }
  CHECK(compared == 6);
}

TEST_CASE("properties files that contradict themselves are refused in Apache Kafka's words") {
  std::size_t compared = 0;
  for (const auto& row : golden_rows("files.tsv")) {
    INFO(row[1]);
    Properties properties = combined_node();
    for (const auto& [name, text] : pairs(row[1]))
      properties.insert_or_assign(name, text);
    const auto broker = resolve_static(properties);
    CHECK((broker ? "OK" : broker.error().message) == row[3]);
    ++compared;
  }
  CHECK(compared > 40);
}

}  // namespace moldau::config
