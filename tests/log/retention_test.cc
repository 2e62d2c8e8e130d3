// What a log loses by its limits, and when its files go.

#include <memory>

#include <doctest/doctest.h>

#include "logs.h"

namespace moldau::log {
namespace {

using namespace testing;

constexpr std::int64_t kAll = kNoBound;

/// Four segments of one batch of two records each, at offsets 0, 2, 4 and 6; the records of each are 1000 ms
/// younger than those before.
struct FourSegments {
  const Bytes one = batch_of(2, 1000);
  std::int64_t segment_bytes = static_cast<std::int64_t>(one.size());
  std::shared_ptr<MemoryDirectory> folder = std::make_shared<MemoryDirectory>();
  std::unique_ptr<PartitionLog> log = open(folder, options(static_cast<std::int32_t>(one.size())));

  FourSegments() {
    for (int i = 0; i < 4; ++i)
      append(*log, batch_of(2, 1000 + 1000 * i), 0);
  }

  std::int64_t retained(const RetentionLimits& limits, std::int64_t high_watermark = kAll,
                        TimestampMs now_ms = 4001) {
    return log->retained_from(limits, high_watermark, now_ms).value();
  }
};

TEST_CASE("Without limits a log keeps all from the segment on in which it starts") {
  FourSegments four;
  CHECK(four.retained({}) == 0);
  REQUIRE(four.log->advance_log_start(3));
  CHECK(four.retained({}) == 2);
}

TEST_CASE("A last segment whose records were all deleted goes when its time has come") {
  FourSegments four;
  REQUIRE(four.log->advance_log_start(8));
  CHECK(four.retained({.max_age_ms = 3000}) == 6);
  CHECK(four.retained({.max_bytes = four.segment_bytes}) == 6);
  CHECK(four.retained({.max_age_ms = 0}, kAll, 4002) == 8);
  CHECK(four.retained({.max_bytes = 0}) == 8);
}

TEST_CASE("By size, those segments go without which the log still has its bytes") {
  FourSegments four;
  CHECK(four.retained({.max_bytes = 4 * four.segment_bytes}) == 0);
  CHECK(four.retained({.max_bytes = 3 * four.segment_bytes + 1}) == 0);
  CHECK(four.retained({.max_bytes = 3 * four.segment_bytes}) == 2);
  CHECK(four.retained({.max_bytes = 1}) == 6);
  CHECK(four.retained({.max_bytes = 0}) == 8);
  // What lies below the start goes anyway, and is not counted.
  REQUIRE(four.log->advance_log_start(5));
  CHECK(four.retained({.max_bytes = 2 * four.segment_bytes}) == 4);
  CHECK(four.retained({.max_bytes = 2 * four.segment_bytes - 1}) == 4);
  CHECK(four.retained({.max_bytes = four.segment_bytes}) == 6);
}

TEST_CASE("By age, segments go whose youngest record is too old, and none behind one that stays") {
  FourSegments four;
  // The youngest of the segments are of 1001, 2001, 3001 and 4001.
  CHECK(four.retained({.max_age_ms = 3000}) == 0);
  CHECK(four.retained({.max_age_ms = 2999}) == 2);
  CHECK(four.retained({.max_age_ms = 0}) == 6);
  CHECK(four.retained({.max_age_ms = 0}, kAll, 4002) == 8);
  append(*four.log, batch_of(2, 100), 0);
  CHECK(four.retained({.max_age_ms = 500}) == 6);
  CHECK(four.retained({.max_bytes = 2 * four.segment_bytes, .max_age_ms = 2500}) == 6);
}

TEST_CASE("Nothing goes at or above the high watermark") {
  FourSegments four;
  CHECK(four.retained({.max_bytes = 0}, 8) == 8);
  CHECK(four.retained({.max_bytes = 0}, 7) == 6);
  CHECK(four.retained({.max_age_ms = 0}, 3, 9000) == 2);
  CHECK(four.retained({.max_age_ms = 0}, 1, 9000) == 0);
}

TEST_CASE("A log that keeps nothing goes on at its end, and an empty one keeps its segment") {
  FourSegments four;
  REQUIRE(four.log->roll(5000));
  REQUIRE(four.log->advance_log_start(8));
  CHECK(four.retained({.max_bytes = 0, .max_age_ms = 0}) == 8);
  CHECK(four.log->drop_segments_below(8));
  flush(*four.log);
  CHECK(four.log->segments()->size() == 1);
  CHECK(append(*four.log, four.one).base_offset == 8);
  CHECK(four.log->read_bytes(8, 1, kNoBound, true).value().size() == four.one.size());
}

TEST_CASE("A segment without timestamps is as old as its file") {
  const Bytes one = batch_of(1, -1);
  const auto log = open(std::make_shared<MemoryDirectory>(), options(static_cast<std::int32_t>(one.size())));
  append(*log, one);
  append(*log, one);
  const TimestampMs written_ms = log->segments()->front().largest_timestamp_ms;
  CHECK(log->retained_from({.max_age_ms = 10}, kAll, written_ms + 10) == 0);
  CHECK(log->retained_from({.max_age_ms = 10}, kAll, written_ms + 11) == 2);
}

TEST_CASE("Files of dropped segments go with the next flush, behind what it makes durable") {
  FourSegments four;
  REQUIRE(four.log->advance_log_start(5));
  flush(*four.log);
  CHECK_FALSE(four.log->wants_flush());
  CHECK(four.log->drop_segments_below(5));
  CHECK(four.log->wants_flush());
  CHECK(four.folder->files.contains("00000000000000000002.log"));
  CHECK(four.log->segments()->front().base_offset == 4);
  flush(*four.log);
  for (const char* name :
       {"00000000000000000000.log", "00000000000000000002.log", "00000000000000000002.index",
        "00000000000000000002.timeindex", "00000000000000000002.snapshot"}) {
    CAPTURE(name);
    CHECK_FALSE(four.folder->files.contains(name));
  }
  CHECK(four.folder->files.contains("00000000000000000004.log"));
  CHECK_FALSE(four.log->drop_segments_below(5));
}

TEST_CASE("No segment is dropped above the start of the log, whatever is asked, nor above what is asked") {
  FourSegments four;
  CHECK_FALSE(four.log->drop_segments_below(8));
  REQUIRE(four.log->advance_log_start(8));
  CHECK(four.log->drop_segments_below(3));
  CHECK(four.log->segments()->front().base_offset == 2);
}

TEST_CASE("A log that begins anew below a dropped segment has none of its files") {
  FourSegments four;
  REQUIRE(four.log->advance_log_start(5));
  CHECK(four.log->drop_segments_below(5));
  REQUIRE(four.log->truncate_fully_and_start_at(2, 5000));
  append(*four.log, four.one);
  flush(*four.log);
  CHECK(four.folder->content("00000000000000000002.log").size() == four.one.size());
  CHECK_FALSE(four.folder->files.contains("00000000000000000000.log"));
}

}  // namespace
}  // namespace moldau::log
