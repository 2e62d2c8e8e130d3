#include "coordinator/timeline_map.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace moldau::coordinator {
namespace {

int value_of(const TimelineMap<std::string, int>& map, LogEnd at = kLatest) {
  const int* value = map.find(std::string("a"), at);
  return value == nullptr ? 0 : *value;
}

}  // namespace

TEST_CASE("a timeline shows each append's state until it is committed over") {
  TimelineMap<std::string, int> map;
  map.put("a", 1);
  map.seal(10);
  map.put("a", 2);
  map.put("a", 3);
  map.seal(20);
  map.erase("a");
  CHECK(value_of(map) == 0);
  CHECK(value_of(map, 9) == 0);
  CHECK(value_of(map, 10) == 1);
  CHECK(value_of(map, 25) == 3);
  map.seal(30);
  map.commit(20);
  CHECK(value_of(map, 20) == 3);
  CHECK(value_of(map, 30) == 0);
  map.commit(30);
  CHECK(value_of(map, 30) == 0);
}

TEST_CASE("a revert drops what was changed since the last append, and nothing else") {
  TimelineMap<std::string, int> map;
  map.put("a", 1);
  map.seal(10);
  map.put("a", 2);
  map.erase("a");
  map.put("b", 5);
  map.revert(10);
  CHECK(value_of(map) == 1);
  CHECK(map.find(std::string("b")) == nullptr);
  map.put("a", 7);
  map.seal(20);
  CHECK(value_of(map, 10) == 1);
  CHECK(value_of(map, 20) == 7);
}

TEST_CASE("a revert drops what was tied to ends behind the log's, in whatever number of steps") {
  TimelineMap<std::string, int> map;
  map.put("a", 1);
  map.seal(10);
  map.put("a", 2);
  map.put("b", 5);
  map.seal(11);
  map.erase("a");
  map.seal(12);
  map.put("a", 4);
  map.revert(10);
  CHECK(value_of(map) == 1);
  CHECK(map.find(std::string("b")) == nullptr);
  map.put("a", 7);
  map.seal(11);
  map.commit(11);
  CHECK(value_of(map) == 7);
}

TEST_CASE("erasing what is not there is no change") {
  TimelineMap<std::string, int> map;
  map.erase("a");
  map.seal(1);
  map.commit(1);
  CHECK(value_of(map) == 0);
}

TEST_CASE("a walk from a key on sees the keys of its moment in order") {
  TimelineMap<std::string, int> map;
  for (const char* key : {"c", "a", "b"})
    map.put(key, 1);
  map.seal(10);
  map.erase("b");
  map.put("d", 1);
  std::vector<std::string> seen;
  const auto collect = [&](const std::string& key, int) {
    seen.push_back(key);
    return true;
  };
  map.visit_from(std::string("b"), 10, collect);
  CHECK(seen == std::vector<std::string>{"b", "c"});
  seen.clear();
  map.visit_from(std::string("b"), kLatest, collect);
  CHECK(seen == std::vector<std::string>{"c", "d"});
}

}  // namespace moldau::coordinator
