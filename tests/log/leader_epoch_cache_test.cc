#include "log/leader_epoch_cache.h"

#include <vector>

#include <doctest/doctest.h>

namespace moldau::log {
namespace {

using EpochEnd = LeaderEpochCache::EpochEnd;

LeaderEpochCache cache_of(std::vector<EpochEntry> entries) {
  LeaderEpochCache cache;
  cache.load(entries);
  return cache;
}

std::vector<EpochEntry> entries_of(const LeaderEpochCache& cache) {
  return {cache.entries().begin(), cache.entries().end()};
}

TEST_CASE("An epoch is noted once, at its first offset") {
  LeaderEpochCache cache;
  CHECK_FALSE(cache.latest_epoch().has_value());
  CHECK(cache.assign(2, 10));
  CHECK(cache.is_dirty());
  cache.mark_written();
  CHECK_FALSE(cache.assign(2, 11));
  CHECK_FALSE(cache.is_dirty());
  CHECK(cache.assign(3, 20));
  CHECK(cache.latest_epoch() == 3);
}

TEST_CASE("Entries that contradict a new one go") {
  auto cache = cache_of({{1, 0}, {2, 10}, {4, 20}});
  CHECK(cache.assign(5, 15));
  CHECK(entries_of(cache) == std::vector<EpochEntry>{{1, 0}, {2, 10}, {5, 15}});
  CHECK(cache.assign(2, 30));
  CHECK(entries_of(cache) == std::vector<EpochEntry>{{1, 0}, {2, 30}});
  CHECK(cache.assign(2, 25));
  CHECK(entries_of(cache) == std::vector<EpochEntry>{{1, 0}, {2, 25}});
}

TEST_CASE("An epoch ends where the next one begins") {
  const auto cache = cache_of({{2, 10}, {4, 20}, {7, 30}});
  CHECK(cache.end_offset_for(7, 44) == EpochEnd{7, 44});
  CHECK(cache.end_offset_for(4, 44) == EpochEnd{4, 30});
  CHECK(cache.end_offset_for(3, 44) == EpochEnd{2, 20});
  CHECK(cache.end_offset_for(1, 44) == EpochEnd{1, 10});
  CHECK(cache.end_offset_for(8, 44) == EpochEnd{-1, -1});
  CHECK(cache.end_offset_for(-1, 44) == EpochEnd{-1, -1});
  CHECK(cache.end_offset_for(-2, 44) == EpochEnd{-2, 10});
  CHECK(LeaderEpochCache().end_offset_for(0, 44) == EpochEnd{-1, -1});
}

TEST_CASE("An offset has the epoch that began at or before it") {
  const auto cache = cache_of({{2, 10}, {4, 20}});
  CHECK_FALSE(cache.epoch_for_offset(9).has_value());
  CHECK(cache.epoch_for_offset(10) == 2);
  CHECK(cache.epoch_for_offset(19) == 2);
  CHECK(cache.epoch_for_offset(1000) == 4);
}

TEST_CASE("Truncation drops epochs at the end and moves the first one at the start") {
  auto cache = cache_of({{2, 10}, {4, 20}, {7, 30}});
  cache.truncate_from_end(31);
  CHECK_FALSE(cache.is_dirty());
  cache.truncate_from_end(30);
  CHECK(cache.is_dirty());
  CHECK(cache.latest_epoch() == 4);
  cache.mark_written();
  cache.truncate_from_start(5);
  CHECK_FALSE(cache.is_dirty());
  cache.truncate_from_start(12);
  CHECK(entries_of(cache) == std::vector<EpochEntry>{{2, 12}, {4, 20}});
  cache.truncate_from_start(20);
  CHECK(entries_of(cache) == std::vector<EpochEntry>{{4, 20}});
  cache.mark_written();
  cache.truncate_from_start(20);
  CHECK_FALSE(cache.is_dirty());
  cache.clear();
  CHECK(cache.is_dirty());
}

}  // namespace
}  // namespace moldau::log
