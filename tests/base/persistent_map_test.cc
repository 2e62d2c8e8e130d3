#include "base/persistent_map.h"

#include <map>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace moldau {
namespace {

using Map = PersistentMap<int, std::string>;

void check_same(const Map& map, const std::map<int, std::string>& model) {
  REQUIRE(map.size() == model.size());
  auto expected = model.begin();
  for (const auto& [key, value] : map) {
    REQUIRE(key == expected->first);
    REQUIRE(value == expected->second);
    ++expected;
  }
}

TEST_CASE("random changes keep the map equal to a model and leave older versions alone") {
  std::mt19937 random(7);
  Map map;
  std::map<int, std::string> model;
  Map kept;
  std::map<int, std::string> kept_model;
  for (int i = 0; i < 4000; ++i) {
    const int key = static_cast<int>(random() % 500);
    if (random() % 3 == 0) {
      map = map.without(key);
      model.erase(key);
    } else {
      map = map.with(key, std::to_string(i));
      model[key] = std::to_string(i);
    }
    if (i == 2000) {
      kept = map;
      kept_model = model;
    }
    const auto found = model.find(key);
    REQUIRE((map.find(key) == nullptr) == (found == model.end()));
  }
  check_same(map, model);
  check_same(kept, kept_model);
}

TEST_CASE("rising keys stay within the depth that iterators can hold") {
  Map map;
  for (int i = 0; i < 100'000; ++i)
    map = map.with(i, {});
  int expected = 0;
  for (const auto& [key, value] : map)
    REQUIRE(key == expected++);
  CHECK(expected == 100'000);
  for (int i = 0; i < 100'000; i += 2)
    map = map.without(i);
  CHECK(map.size() == 50'000);
  CHECK(map.begin()->first == 1);
}

TEST_CASE("lower_bound begins at the first key that is not less") {
  Map map;
  for (const int key : {10, 20, 30, 40})
    map = map.with(key, std::to_string(key));
  const auto keys_from = [&](int key) {
    std::vector<int> keys;
    for (auto it = map.lower_bound(key); it != map.end(); ++it)
      keys.push_back(it->first);
    return keys;
  };
  CHECK(keys_from(5) == std::vector{10, 20, 30, 40});
  CHECK(keys_from(20) == std::vector{20, 30, 40});
  CHECK(keys_from(21) == std::vector{30, 40});
  CHECK(keys_from(41).empty());
}

TEST_CASE("maps with the same entries are equal however they came about") {
  Map rising;
  Map falling;
  for (int i = 0; i < 50; ++i) {
    rising = rising.with(i, "x");
    falling = falling.with(49 - i, "x");
  }
  CHECK(rising == falling);
  CHECK_FALSE(rising == falling.with(3, "y"));
  CHECK_FALSE(rising == falling.without(3));
  CHECK(rising.without(1000) == rising);
}

}  // namespace
}  // namespace moldau
