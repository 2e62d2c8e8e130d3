#include "tools/api_versions.h"

#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace moldau::tools {
namespace {

/// What Apache Kafka's tool printed for a broker at "@B@".
std::string recorded() {
  std::ifstream file(std::string(MOLDAU_GOLDEN_DIR) + "/tools/cases.txt");
  std::string text;
  bool is_in = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("@B@ (id: ")) is_in = true;
    if (is_in) text += line + "\n";
    if (is_in && line == ")") break;
  }
  return text;
}

std::vector<ServedApi> served_in(const std::string& text) {
  const std::regex row(R"(\((\d+)\): (\d+)(?: to (\d+))?)");
  std::vector<ServedApi> served;
  for (std::sregex_iterator at(text.begin(), text.end(), row); at != std::sregex_iterator(); ++at) {
    const auto number = [&](std::size_t group) { return static_cast<std::int16_t>(std::stoi((*at)[group])); };
    served.push_back({.key = number(1), .versions = {number(2), (*at)[3].matched ? number(3) : number(2)}});
  }
  return served;
}

}  // namespace

TEST_CASE("the versions of a broker are written as Apache Kafka's tool writes them") {
  const std::string text = recorded();
  const auto served = served_in(text);
  REQUIRE(served.size() > 60);
  const std::string described = describe_versions({.host = "@B@", .port = 1, .id = 0, .rack = {}}, served);
  CHECK(described == "@B@:1" + text.substr(3));
}

TEST_CASE("versions that are not common, and keys that are not known, are told") {
  const std::string described = describe_versions({.host = "h", .port = 1, .id = 2, .rack = "r"},
                                                  std::vector<ServedApi>{{.key = 1, .versions = {0, 3}},
                                                                         {.key = 9, .versions = {100, 101}},
                                                                         {.key = 999, .versions = {0, 1}}});
  CHECK(described.starts_with("h:1 (id: 2 rack: r isFenced: false) -> (\n\tProduce(0): UNSUPPORTED,\n"));
  CHECK(described.find("\tFetch(1): 0 to 3 [unusable: node too old],\n") != std::string::npos);
  CHECK(described.find("\tOffsetFetch(9): 100 to 101 [unusable: node too new],\n") != std::string::npos);
  CHECK(described.ends_with("\tUNKNOWN(999): 0 to 1\n)\n"));
}

}  // namespace moldau::tools
