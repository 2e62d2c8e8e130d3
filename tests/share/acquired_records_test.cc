#include "share/acquired_records.h"

#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace moldau::share {

namespace {

std::vector<AcquiredRecords> ranges(const std::vector<std::pair<std::int64_t, std::int64_t>>& offsets) {
  std::vector<AcquiredRecords> ranges;
  for (const auto& [first, last] : offsets)
    ranges.push_back({.first_offset = first, .last_offset = last, .delivery_count = 2, .unknown_tags = {}});
  return ranges;
}

FetchedBatch batch(std::int64_t base_offset, std::int64_t last_offset, std::int64_t producer_id = -1) {
  return {.base_offset = base_offset,
          .last_offset = last_offset,
          .producer_id = producer_id,
          .is_transactional = producer_id >= 0};
}

}  // namespace

TEST_CASE("single offsets become ranges where they are neighbours and were delivered as often") {
  std::vector<AcquiredRecords> found = ranges({{0, 4}});
  append_offset(found, 1, 5, 2);
  append_offset(found, 1, 6, 2);
  append_offset(found, 1, 7, 3);
  append_offset(found, 1, 9, 3);
  std::vector<AcquiredRecords> expected = ranges({{0, 4}, {5, 6}, {7, 7}, {9, 9}});
  expected[2].delivery_count = 3;
  expected[3].delivery_count = 3;
  CHECK(found == expected);
}

TEST_CASE("batches between the first and the last acquired offset are sent") {
  const std::vector<FetchedBatch> batches = {batch(0, 4), batch(5, 9), batch(20, 24), batch(25, 25)};
  CHECK(sent_batches(batches, ranges({{5, 9}})) == SentBatches{.first = 1, .end = 2});
  CHECK(sent_batches(batches, ranges({{3, 3}, {21, 22}})) == SentBatches{.first = 0, .end = 3});
  CHECK(sent_batches(batches, ranges({{10, 19}})) == SentBatches{.first = 1, .end = 2});
  CHECK(sent_batches(std::span(batches).subspan(1), ranges({{0, 2}})) == SentBatches{.first = 0, .end = 1});
}

TEST_CASE("batches of aborted transactions are found up to their markers") {
  FetchedBatch marker = batch(20, 20, 1);
  marker.is_abort_marker = true;
  FetchedBatch plain = batch(30, 34, 2);
  plain.is_transactional = false;
  const std::vector<FetchedBatch> batches = {
      batch(0, 4, 1),   batch(5, 9), batch(10, 14, 2), batch(15, 19, 1), marker,
      batch(25, 29, 1), plain,       batch(35, 39, 2)};
  const std::vector<AbortedTransaction> aborted = {{.producer_id = 2, .first_offset = 30},
                                                   {.producer_id = 1, .first_offset = 0}};
  std::vector<std::int64_t> found;
  for (const FetchedBatch& each : aborted_batches(batches, aborted))
    found.push_back(each.base_offset);
  CHECK(found == std::vector<std::int64_t>{0, 15, 35});
}

TEST_CASE("ranges are cut by batches") {
  const std::vector<FetchedBatch> batches = {batch(0, 4), batch(8, 9), batch(12, 30)};
  CHECK(without_batches(ranges({{0, 4}}), batches).empty());
  CHECK(without_batches(ranges({{2, 10}, {11, 20}, {28, 35}}), batches) ==
        ranges({{5, 7}, {10, 10}, {11, 11}, {31, 35}}));
  CHECK(without_batches(ranges({{40, 41}}), batches) == ranges({{40, 41}}));
  CHECK(without_batches(ranges({{40, 41}}), {}) == ranges({{40, 41}}));
}

}  // namespace moldau::share
