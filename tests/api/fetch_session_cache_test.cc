#include "api/fetch_session_cache.h"

#include <chrono>
#include <memory>

#include <doctest/doctest.h>

using moldau::Instant;
using moldau::Uuid;
using moldau::api::FetchSession;
using moldau::api::FetchSessionCache;
using namespace std::chrono_literals;

namespace {

constexpr moldau::Duration kEviction = std::chrono::minutes(2);

Instant at(moldau::Duration since) {
  return Instant() + since;
}

std::shared_ptr<FetchSession> session(std::int32_t id, std::int32_t partitions, bool is_follower,
                                      Instant now) {
  auto made = std::make_shared<FetchSession>(id, true, is_follower, now);
  for (std::int32_t i = 0; i < partitions; ++i) {
    made->add({.topic = {}, .topic_id = Uuid(1, 1), .partition = i}, {});
  }
  return made;
}

/// Keeps a session if there is room; true when it is kept.
bool keep(FetchSessionCache& cache, std::int32_t id, std::int32_t partitions, bool is_follower, Instant now) {
  if (!cache.make_room(is_follower, static_cast<std::size_t>(partitions), now)) return false;
  cache.insert(session(id, partitions, is_follower, now), now);
  return true;
}

}  // namespace

TEST_CASE("sessions are kept while there is room, and found by id") {
  FetchSessionCache cache({.sessions = 2});
  CHECK(keep(cache, 1, 3, false, at(0s)));
  CHECK(keep(cache, 2, 4, false, at(0s)));
  CHECK(cache.partition_count() == 7);
  CHECK_FALSE(keep(cache, 3, 9, false, at(1s)));
  CHECK(cache.find(1)->size() == 3);
  CHECK(cache.find(3) == nullptr);
  cache.remove(1);
  CHECK(cache.find(1) == nullptr);
  CHECK(cache.partition_count() == 4);
  CHECK(keep(cache, 3, 9, false, at(1s)));
}

TEST_CASE("without slots no session is kept") {
  FetchSessionCache cache({.sessions = 0});
  CHECK_FALSE(keep(cache, 1, 3, true, at(0s)));
}

TEST_CASE("the session that was unused longest goes once that is longer than the eviction time") {
  FetchSessionCache cache({.sessions = 2});
  CHECK(keep(cache, 1, 5, true, at(0s)));
  CHECK(keep(cache, 2, 5, true, at(1s)));
  CHECK(cache.touch(*cache.find(1), at(2s)));
  CHECK_FALSE(keep(cache, 3, 1, false, at(1s) + kEviction));
  CHECK(keep(cache, 3, 1, false, at(1s) + kEviction + 1ms));
  CHECK(cache.find(2) == nullptr);
  CHECK(cache.find(1) != nullptr);
}

TEST_CASE("a follower takes the place of the smallest consumer, at any time") {
  FetchSessionCache cache({.sessions = 2});
  CHECK(keep(cache, 1, 5, false, at(0s)));
  CHECK(keep(cache, 2, 4, false, at(0s)));
  CHECK(keep(cache, 3, 1, true, at(1s)));
  CHECK(cache.find(2) == nullptr);
  CHECK(keep(cache, 4, 1, true, at(1s)));
  CHECK(cache.find(1) == nullptr);
  // Young followers stay.
  CHECK_FALSE(keep(cache, 5, 9, true, at(1s)));
  CHECK_FALSE(keep(cache, 6, 9, false, at(1s)));
}

TEST_CASE(
    "a consumer takes the place of a smaller one that is in use, once that is older than the eviction time") {
  FetchSessionCache cache({.sessions = 1});
  CHECK(keep(cache, 1, 5, false, at(0s)));
  CHECK(cache.touch(*cache.find(1), at(0s) + kEviction));
  CHECK_FALSE(keep(cache, 2, 9, false, at(1s) + kEviction));
  // Its age is seen when it is used.
  CHECK(cache.touch(*cache.find(1), at(2s) + kEviction));
  CHECK_FALSE(keep(cache, 2, 4, false, at(3s) + kEviction));
  CHECK(keep(cache, 2, 9, false, at(3s) + kEviction));
  CHECK(cache.find(1) == nullptr);
}

TEST_CASE("a follower is not displaced by a consumer that is larger") {
  FetchSessionCache cache({.sessions = 1});
  CHECK(keep(cache, 1, 5, true, at(0s)));
  CHECK(cache.touch(*cache.find(1), at(1s) + kEviction));
  CHECK_FALSE(keep(cache, 2, 100, false, at(2s) + kEviction));
  CHECK(keep(cache, 2, 100, true, at(2s) + kEviction));
}

TEST_CASE("partitions are counted as sessions change, and too many are not kept") {
  FetchSessionCache cache({.sessions = 10, .partitions = 6});
  CHECK(keep(cache, 1, 3, false, at(0s)));
  CHECK_FALSE(keep(cache, 2, 4, false, at(0s)));
  CHECK(keep(cache, 2, 2, false, at(0s)));
  const auto growing = cache.find(2);
  growing->add({.topic = {}, .topic_id = Uuid(1, 1), .partition = 100}, {});
  CHECK(cache.touch(*growing, at(1s)));
  CHECK(cache.partition_count() == 6);
  growing->add({.topic = {}, .topic_id = Uuid(1, 1), .partition = 101}, {});
  CHECK_FALSE(cache.touch(*growing, at(2s)));
  CHECK(cache.find(2) == nullptr);
  CHECK(cache.partition_count() == 3);
}

TEST_CASE("sessions that nobody uses any more give their partitions to those who come, or grow") {
  FetchSessionCache cache({.sessions = 10, .partitions = 6});
  CHECK(keep(cache, 1, 3, false, at(0s)));
  CHECK(keep(cache, 2, 3, false, at(0s)));
  CHECK_FALSE(keep(cache, 3, 3, false, at(0s) + kEviction));
  CHECK_FALSE(keep(cache, 3, 7, false, at(1s) + kEviction));
  CHECK(cache.size() == 2);
  CHECK(keep(cache, 3, 3, false, at(1s) + kEviction));
  CHECK(cache.size() == 2);
  const auto growing = cache.find(3);
  growing->add({.topic = {}, .topic_id = Uuid(1, 1), .partition = 100}, {});
  CHECK(cache.touch(*growing, at(2s) + kEviction));
  CHECK(cache.size() == 1);
  CHECK(cache.partition_count() == 4);
}

TEST_CASE("the use of a session that is gone changes nothing") {
  FetchSessionCache cache({.sessions = 2});
  CHECK(keep(cache, 1, 3, false, at(0s)));
  const auto gone = cache.find(1);
  cache.remove(1);
  CHECK(cache.touch(*gone, at(1s)));
  CHECK(cache.size() == 0);
  CHECK(cache.partition_count() == 0);
}
