// Groups of all kinds on the whole broker, while it is killed again and again.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include <doctest/doctest.h>

#include "tests/sim/groups/group_script.h"

namespace moldau::sim {
namespace {

TEST_CASE(
    "Members are told nothing that contradicts what they were told, and the log knows all that is known") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    CAPTURE(seed);
    GroupScript script({.seed = seed, .loop_count = std::size_t{1} << (seed % 3), .kills = false});
    CHECK(script.run() == "");
    CHECK(script.acknowledged() > 300);
  }
}

TEST_CASE("So it is when the broker is killed again and again") {
  int restarts = 0;
  std::size_t records_read = 0;
  std::size_t records_done = 0;
  std::map<std::string, int> acknowledged;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    GroupScript script({.seed = seed, .loop_count = std::size_t{1} << (seed % 3)});
    CHECK(script.run() == "");
    CHECK(script.acknowledged() > 300);
    restarts += script.restarts();
    records_read += script.shares().came();
    records_done += script.shares().done();
    for (const auto& [kind, count] : script.acknowledged_by_kind())
      acknowledged[kind] += count;
  }
  CHECK(restarts > 30);
  CHECK(records_read > 1'000);
  CHECK(records_done > 300);
  // All that the actors ask was answered without an error.
  std::string kinds;
  for (const auto& [kind, count] : acknowledged)
    kinds += kind + " ";
  CHECK_MESSAGE(acknowledged.size() == 23, kinds);
}

TEST_CASE("A record that the log lacks is missed, unless a later one replaces it") {
  GroupScript script({.seed = 2, .loop_count = 1, .length = std::chrono::seconds(15), .kills = false});
  REQUIRE(script.run() == "");
  const auto noticed = script.notice_missing_records();
  REQUIRE(noticed);
  CHECK(noticed->second > 100);
  CHECK(noticed->first > 20);
}

}  // namespace
}  // namespace moldau::sim
