#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "cleanings.h"
#include "log/file_content.h"
#include "logs.h"
#include "protocol/records/record_iterator.h"

namespace moldau::log {
namespace {

using namespace testing;

/// A batch with one record for each of the texts, each its own key: "a=1".
Bytes keyed(const std::vector<std::string>& texts) {
  records::BatchBuilder builder({});
  for (const std::string& text : texts) {
    const std::size_t at = text.find('=');
    builder.append({.timestamp_ms = 5000,
                    .key = as_bytes(std::string_view(text).substr(0, at)),
                    .value = as_bytes(std::string_view(text).substr(at + 1))});
  }
  return owned(std::move(builder).build());
}

/// "a=2@3 b=1@1": the records from `from` on, in order.
std::string records_of(PartitionLog& log, std::int64_t from = 0) {
  const Bytes bytes = log.read_bytes(from, 1 << 20, kNoBound, true).value();
  std::string text;
  records::DecoderSet decoders;
  records::BatchCursor cursor(bytes);
  while (const auto entry = cursor.next()) {
    const auto batch = records::BatchView::parse(entry->bytes).value();
    auto iterator = records::RecordIterator::open(batch, decoders).value();
    records::RecordView record;
    while (iterator.next(record).value()) {
      text += text.empty() ? "" : " ";
      text += std::string(as_text(*record.key)) + '=' + std::string(as_text(*record.value)) + '@' +
              std::to_string(record.offset);
    }
  }
  return text;
}

/// Three ended segments and an active one; "a" is in each of them.
struct Fixture {
  Fixture() {
    for (const auto& texts :
         std::vector<std::vector<std::string>>{{"a=1", "b=1"}, {"a=2", "c=1"}, {"a=3", "d=1"}, {"a=4"}}) {
      if (log->log_end_offset() > 0) REQUIRE(log->roll(1000));
      append(*log, keyed(texts));
    }
    flush();
  }

  void flush() { testing::flush(*log); }

  LogCleaning cleaning(std::function<bool(std::int64_t)> may_continue = {}) {
    const auto range = log->cleanable(log->log_end_offset(), std::nullopt, {}, 1000).value();
    return {log->plan_cleaning(range, 1000),
            {.map = &map, .io_buffer_bytes = 128, .may_continue = std::move(may_continue)},
            20000};
  }

  /// All in one segment, ready to be put in place.
  CleanedSegment cleaned() {
    LogCleaning pass = cleaning();
    REQUIRE(pass.read_keys());
    return pass.clean_next().value().value();
  }

  int files_that_end_with(std::string_view suffix) const {
    int count = 0;
    for (const auto& [name, file] : folder->files)
      count += name.ends_with(suffix) ? 1 : 0;
    return count;
  }

  std::shared_ptr<MemoryDirectory> folder = std::make_shared<MemoryDirectory>();
  std::unique_ptr<PartitionLog> log = open(folder);
  OffsetMap map = OffsetMap::create(24 * 100).value();
};

TEST_CASE("A pass leaves the latest record of each key, at its offset") {
  Fixture fixture;
  PartitionLog& log = *fixture.log;
  CleaningStats stats;
  CHECK(whole_run(log).run(log, &stats) == 6);
  CHECK(records_of(log) == "b=1@1 c=1@3 a=3@4 d=1@5");
  CHECK(records_of(log, 2) == "c=1@3 a=3@4 d=1@5");
  CHECK(records_of(log, 6) == "a=4@6");
  CHECK(stats.records_read == 6);
  CHECK(stats.records_written == 4);
  CHECK(stats.map_utilization == 0.004);
  CHECK(log.segments().value().size() == 2);
  // The checkpoint says what is left to do.
  const auto range = log.cleanable(7, 6, {}, 1000).value();
  CHECK(range.cleanable_bytes == 0);
  REQUIRE(log.close_clean());
  const auto again = reopen_clean(fixture.folder);
  CHECK(records_of(*again, 1) == "b=1@1 c=1@3 a=3@4 d=1@5");
}

TEST_CASE("Nothing is compacted for the sake of records that are not durable") {
  Fixture fixture;
  PartitionLog& log = *fixture.log;
  REQUIRE(log.roll(1000));
  append(log, keyed({"b=2"}));
  REQUIRE(log.roll(1000));
  CHECK(log.cleanable(8, std::nullopt, {}, 1000).value().first_uncleanable_offset == 7);
  fixture.flush();
  CHECK(log.cleanable(8, std::nullopt, {}, 1000).value().first_uncleanable_offset == 8);

  // Nor for a transaction whose end is not.
  append(log, produced(7, 0, 0, 1, true));
  fixture.flush();
  Bytes marker = end_marker(7, 0, records::ControlType::kCommit);
  REQUIRE(log.append_as_leader(marker, 0, 1000, {.origin = AppendOrigin::kCoordinator}));
  REQUIRE(log.roll(1000));
  log.high_watermark_advanced(10);
  CHECK(log.cleanable(10, std::nullopt, {}, 1000).value().first_uncleanable_offset == 8);
  fixture.flush();
  CHECK(log.cleanable(10, std::nullopt, {}, 1000).value().first_uncleanable_offset == 10);
}

TEST_CASE("What is written to the log meanwhile stays, and readers keep what they have") {
  Fixture fixture;
  PartitionLog& log = *fixture.log;
  const auto before = log.read(2, 1 << 20, kNoBound, true).value();
  const CleanedSegment cleaned = fixture.cleaned();
  append(log, keyed({"e=1"}));
  const auto swap = log.begin_swap(cleaned).value().value();
  CHECK(log.is_swapping());
  CHECK(records_of(log) == "b=1@1 c=1@3 a=3@4 d=1@5");
  // Retention waits.
  REQUIRE(log.advance_log_start(6));
  CHECK_FALSE(log.drop_segments_below(6));
  CHECK(log.segments().value().size() == 2);
  append(log, keyed({"f=1"}));
  REQUIRE(swap.run());
  CHECK(log.read(6, 1 << 20, kNoBound, true).has_value());
  REQUIRE(log.end_swap());
  CHECK_FALSE(log.is_swapping());
  CHECK(fixture.files_that_end_with(kSwapSuffix) == 0);
  CHECK(fixture.files_that_end_with(kLogSuffix) == 2);
  CHECK(records_of(log, 6) == "a=4@6 e=1@7 f=1@8");
  Bytes old(static_cast<std::size_t>(before.slice.size_bytes));
  REQUIRE(read_exactly(*before.slice.file, before.slice.position, old));
  CHECK(records::BatchView::parse(old).value().base_offset() == 2);
  CHECK(log.drop_segments_below(6));
  fixture.flush();
  CHECK(fixture.files_that_end_with(kLogSuffix) == 1);
}

TEST_CASE("A segment on its way to its place stays readable, however many others are used meanwhile") {
  Fixture fixture;
  PartitionLog& log = *fixture.log;
  const auto swap = log.begin_swap(fixture.cleaned()).value().value();
  const std::string compacted = "b=1@1 c=1@3 a=3@4 d=1@5";
  CHECK(records_of(log) == compacted);
  const std::int64_t end = log.log_end_offset();
  for (std::size_t i = 0; i <= PartitionLog::kEndedSegmentsOpen; ++i) {
    REQUIRE(log.roll(1000));
    append(log, keyed({"e=1"}));
  }
  for (std::int64_t offset = end; offset < log.log_end_offset(); ++offset)
    CHECK(log.read(offset, 1 << 20, kNoBound, true).has_value());
  // Its files go by other names from now on.
  REQUIRE(swap.run());
  CHECK(records_of(log) == compacted);
  REQUIRE(log.end_swap());
  CHECK(records_of(log) == compacted);
}

TEST_CASE("A compacted segment ends behind the last batch of which something is left") {
  const auto folder = std::make_shared<MemoryDirectory>();
  const auto log = open(folder);
  for (const auto& texts : std::vector<std::vector<std::string>>{{"a=1", "b=1"}, {"a=2"}, {"a=3"}, {"c=1"}}) {
    if (log->log_end_offset() > 0) REQUIRE(log->roll(1000));
    append(*log, keyed(texts));
  }
  CleanableRange range;
  range.first_uncleanable_offset = 4;
  CleaningPlan plan = log->plan_cleaning(range, 1000);
  const auto ends = [&](std::int64_t segment_bytes) {
    plan.segment_bytes = segment_bytes;
    auto map = OffsetMap::create(2400).value();
    LogCleaning pass(plan, {.map = &map, .may_continue = {}}, 20000);
    REQUIRE(pass.read_keys());
    std::vector<std::int64_t> found;
    while (const auto cleaned = pass.clean_next().value()) {
      found.push_back(cleaned->end_offset);
      REQUIRE(cleaned->segment->end());
      CHECK(cleaned->segment->end()->next_offset == cleaned->end_offset);
    }
    return found;
  };
  using Ends = std::vector<std::int64_t>;
  CHECK(ends(1 << 20) == Ends{4});
  CHECK(ends(plan.segments.at(0).size_bytes + plan.segments.at(1).size_bytes) == Ends{2, 4});
  // Of the second one nothing is left.
  CHECK(ends(1) == Ends{2, 2, 4});
}

TEST_CASE("A log that is not what it was does not take the segment") {
  const std::vector<std::function<void(PartitionLog&)>> changes{
      [](PartitionLog& log) { REQUIRE(log.truncate_to(6, 1000)); },
      [](PartitionLog& log) { REQUIRE(log.truncate_fully_and_start_at(20, 1000)); },
      [](PartitionLog& log) {
        REQUIRE(log.advance_log_start(3));
        REQUIRE(log.drop_segments_below(3));
      }};
  for (const auto& change : changes) {
    Fixture fixture;
    const CleanedSegment cleaned = fixture.cleaned();
    CHECK(fixture.files_that_end_with(kCleanedSuffix) == 3);
    change(*fixture.log);
    const auto swap = fixture.log->begin_swap(cleaned);
    REQUIRE(swap.has_value());
    CHECK_FALSE(swap->has_value());
    CHECK(fixture.files_that_end_with(kCleanedSuffix) == 0);
    CHECK_FALSE(fixture.log->failure().has_value());
  }
}

TEST_CASE("A pass ends when it is told to, and is told of every byte") {
  Fixture fixture;
  std::int64_t told = 0;
  LogCleaning whole = fixture.cleaning([&](std::int64_t bytes) {
    told += bytes;
    return true;
  });
  REQUIRE(whole.read_keys());
  REQUIRE(whole.clean_next());
  CHECK(told == whole.stats().map_bytes_read + whole.stats().bytes_read + whole.stats().bytes_written);
  CHECK(whole.stats().map_bytes_read > 0);
  CHECK(whole.stats().bytes_written > 0);

  for (int calls = 0; calls < 6; ++calls) {
    CAPTURE(calls);
    int left = calls;
    LogCleaning ended = fixture.cleaning([&](std::int64_t) { return left-- > 0; });
    auto read = ended.read_keys();
    const ErrorCode code = read ? ended.clean_next().error().code : read.error().code;
    CHECK(code == ErrorCode::kOperationNotAttempted);
    CHECK(fixture.files_that_end_with(kCleanedSuffix) == 0);
  }
  CHECK(records_of(*fixture.log) == "a=1@0 b=1@1");
}

TEST_CASE("A batch that has changed on the disk keeps its log from being compacted") {
  Fixture fixture;
  fixture.folder->content("00000000000000000002.log").back() ^= 1;
  LogCleaning pass = fixture.cleaning();
  const auto read = pass.read_keys();
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().code == ErrorCode::kCorruptMessage);

  // Of a clean segment nothing is read for its keys.
  const CleaningRun later{.first_dirty_offset = 4, .first_uncleanable_offset = 6};
  CHECK(later.run(*fixture.log).error().code == ErrorCode::kCorruptMessage);
  CHECK(fixture.files_that_end_with(kCleanedSuffix) == 0);
  CHECK(records_of(*fixture.log) == "a=1@0 b=1@1");
}

TEST_CASE("A full disk ends a pass without harm") {
  Fixture fixture;
  LogCleaning pass = fixture.cleaning();
  REQUIRE(pass.read_keys());
  fixture.folder->faults().fail_writes = true;
  CHECK(pass.clean_next().error().code == ErrorCode::kKafkaStorageError);
  fixture.folder->faults().fail_writes = false;
  CHECK(fixture.files_that_end_with(kCleanedSuffix) == 0);
  CHECK(records_of(*fixture.log) == "a=1@0 b=1@1");
  append(*fixture.log, keyed({"e=1"}));
}

TEST_CASE("What an earlier pass left is no part of the next one") {
  Fixture fixture;
  (void)fixture.cleaned();
  fixture.folder->put("00000000000000000002.txnindex.cleaned", "left");
  fixture.folder->put("00000000000000000000.txnindex.cleaned", "left");
  CHECK(whole_run(*fixture.log).run(*fixture.log) == 6);
  CHECK(fixture.files_that_end_with(kCleanedSuffix) == 0);
  CHECK(fixture.files_that_end_with(kTransactionIndexSuffix) == 0);
}

TEST_CASE("A compacted segment of which nothing is left replaces that of its name with all its indexes") {
  Fixture fixture;
  REQUIRE(fixture.log->close_clean());
  fixture.folder->put("00000000000000000002.txnindex", std::string(34, '\1'));
  for (const std::string_view kind : {kLogSuffix, kOffsetIndexSuffix, kTimeIndexSuffix})
    fixture.folder->put(offset_file_name(2, kind) + std::string(kSwapSuffix), "");
  REQUIRE(finish_interrupted_swaps(*fixture.folder));
  CHECK(fixture.folder->text("00000000000000000002.log").empty());
  CHECK_FALSE(fixture.folder->files.contains("00000000000000000002.txnindex"));
  CHECK(fixture.folder->files.contains("00000000000000000004.log"));
}

}  // namespace
}  // namespace moldau::log
