#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "tests/share_partition/plays.h"

namespace moldau::share {

namespace {

void check_golden(const std::string& name) {
  constexpr int kLeastScripts = 500;
  const testing::Play play = testing::play_of(name);
  std::ifstream file(std::string(MOLDAU_GOLDEN_DIR) + "/share_" + name + ".tsv");
  int scripts = 0;
  for (std::string line; std::getline(file, line); ++scripts) {
    CHECK_MESSAGE(testing::is_played(play, line), line);
  }
  CHECK(scripts >= kLeastScripts);
}

}  // namespace

TEST_CASE("made-up scripts come out as with Apache Kafka's share partition") {
  check_golden("partition");
}

TEST_CASE("made-up scripts come out as with Apache Kafka's share sessions") {
  check_golden("session");
}

}  // namespace moldau::share
