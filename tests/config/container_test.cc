#include "config/container.h"

#include <string>

#include <doctest/doctest.h>

#include "config/properties.h"
#include "tests/config/golden_sections.h"

namespace moldau::config {
namespace {

std::string with_line_ends(std::string text) {
  for (auto at = text.find("\\n"); at != std::string::npos; at = text.find("\\n", at + 1))
    text.replace(at, 2, "\n");
  return text;
}

Environment environment_of(const GoldenCase& recorded) {
  Environment environment;
  for (const std::string& line : recorded.parts.at("")) {
    const auto equals = line.find('=');
    environment[line.substr(0, equals)] = with_line_ends(line.substr(equals + 1));
  }
  return environment;
}

Environment prepared(Environment environment) {
  REQUIRE(prepare_container(environment));
  return environment;
}

}  // namespace

TEST_CASE("the image makes the properties of variables and a mounted file that Apache Kafka's makes") {
  const auto cases = golden_cases("containers.txt");
  REQUIRE(cases.size() == 20);
  for (const GoldenCase& recorded : cases) {
    CAPTURE(recorded.name);
    const Environment environment = recorded.has("") ? environment_of(recorded) : Environment();
    std::string mounted = with_line_ends(recorded.text("mounted"));
    if (!mounted.empty()) mounted.pop_back();
    const std::string text = container_properties(
        environment, recorded.has("mounted") ? std::optional<std::string_view>(mounted) : std::nullopt,
        "default.file=1\n");
    const auto properties = parse_properties(text);
    REQUIRE(properties);
    std::string got;
    for (const auto& [name, value] : *properties)
      got += name + "=" + escaped(value) + "\n";
    CHECK(got == recorded.text("got"));
  }
}

TEST_CASE("a container without an id formats with the image's") {
  CHECK(prepared({})["CLUSTER_ID"] == "5L6g3nShT-eMCtK--X86sw");
  CHECK(prepared({{"CLUSTER_ID", ""}})["CLUSTER_ID"] == "5L6g3nShT-eMCtK--X86sw");
  CHECK(prepared({{"CLUSTER_ID", "mine"}})["CLUSTER_ID"] == "mine");
}

TEST_CASE("listeners that are not given are those advertised, on every address") {
  const Environment advertised{
      {"KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://localhost:9092,BROKER://7c4f:9093"}};
  CHECK(prepared(advertised)["KAFKA_LISTENERS"] == "PLAINTEXT://0.0.0.0:9092,BROKER://0.0.0.0:9093");
  Environment both = advertised;
  both["KAFKA_LISTENERS"] = "PLAINTEXT://:1";
  CHECK(prepared(both)["KAFKA_LISTENERS"] == "PLAINTEXT://:1");
  both["KAFKA_LISTENERS"] = "";
  CHECK(prepared(both)["KAFKA_LISTENERS"] == "PLAINTEXT://0.0.0.0:9092,BROKER://0.0.0.0:9093");
  CHECK_FALSE(prepared({}).contains("KAFKA_LISTENERS"));
}

TEST_CASE("a controller alone advertises nothing") {
  Environment environment{{"KAFKA_PROCESS_ROLES", "controller"}, {"KAFKA_ADVERTISED_LISTENERS", "A://a:1"}};
  const auto refused = prepare_container(environment);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "KAFKA_ADVERTISED_LISTENERS is not supported on a KRaft controller.");
  environment["KAFKA_ADVERTISED_LISTENERS"] = "";
  CHECK_FALSE(prepared(environment).contains("KAFKA_ADVERTISED_LISTENERS"));
}

}  // namespace moldau::config
