#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "log/cleanable_range.h"
#include "log/cleaned_transactions.h"
#include "log/cleaner_checkpoint.h"
#include "log/offset_map.h"
#include "log/record_retention.h"
#include "log/segment_groups.h"
#include "logs.h"

namespace moldau::log {
namespace {

using namespace testing;

constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max();

TEST_CASE("An offset map knows the latest offset of each key, in 24 bytes a key") {
  auto map = OffsetMap::create(std::size_t{24} * 50 + 23).value();
  CHECK(map.slots() == 50);
  CHECK(map.get(as_bytes("a")) == -1);
  for (int i = 0; i < 50; ++i)
    map.put(as_bytes("key " + std::to_string(i)), i);
  CHECK(map.size() == 50);
  CHECK(map.latest_offset() == 49);
  for (int i = 0; i < 50; ++i)
    CHECK(map.get(as_bytes("key " + std::to_string(i))) == i);
  // A full map still answers, for keys that it does not know as well.
  CHECK(map.get(as_bytes("key 50")) == -1);

  map.clear();
  CHECK(map.size() == 0);
  CHECK(map.latest_offset() == -1);
  CHECK(map.get(as_bytes("key 7")) == -1);
  map.put({}, 0);
  map.put({}, 5);
  CHECK(map.size() == 1);
  CHECK(map.get({}) == 5);
  map.set_latest_offset(9);
  CHECK(map.latest_offset() == 9);
}

std::vector<CleanableSegment> five_segments() {
  return {{0, 100, 1000, 900}, {10, 200, 2000, 1900}, {20, 300, 3000, 2900}, {30, 400, 4000, 3900}, {40, 50}};
}

TEST_CASE("What may be compacted ends before the active segment, open transactions and young records") {
  const auto segments = five_segments();
  const CleanableQuestion question{
      .log_end_offset = 45, .last_stable_offset = 45, .checkpoint = 10, .now_ms = 4500};
  auto range = find_cleanable_range(question, {}, segments);
  CHECK(range.first_dirty == FirstDirty{10, false});
  CHECK(range.first_uncleanable_offset == 40);
  CHECK(range.clean_bytes == 100);
  CHECK(range.cleanable_bytes == 900);
  CHECK(range.ratio() == 0.9);
  CHECK(range.delay_ms == 0);
  CHECK(range.is_due({}));
  CHECK_FALSE(range.is_due({.min_cleanable_ratio = 0.9}));

  range = find_cleanable_range(question, {.min_lag_ms = 1500}, segments);
  CHECK(range.first_uncleanable_offset == 30);
  // Exactly as old as the lag is old enough.
  range = find_cleanable_range(question, {.min_lag_ms = 501}, segments);
  CHECK(range.first_uncleanable_offset == 30);
  range = find_cleanable_range(question, {.min_lag_ms = 500}, segments);
  CHECK(range.first_uncleanable_offset == 40);

  CleanableQuestion open = question;
  open.last_stable_offset = 25;
  range = find_cleanable_range(open, {}, segments);
  CHECK(range.first_uncleanable_offset == 20);
  CHECK(range.cleanable_bytes == 200);
  open.last_stable_offset = 5;
  range = find_cleanable_range(open, {}, segments);
  CHECK(range.cleanable_bytes == 0);
  CHECK_FALSE(range.is_due({.min_cleanable_ratio = 0}));
}

TEST_CASE("Dirty records beyond the maximum lag are due however few they are") {
  const auto segments = five_segments();
  const CompactionRules rules{.min_cleanable_ratio = 1, .max_lag_ms = 500};
  CleanableQuestion question{
      .log_end_offset = 45, .last_stable_offset = 45, .checkpoint = 30, .now_ms = 4400};
  auto range = find_cleanable_range(question, rules, segments);
  CHECK(range.delay_ms == 0);
  CHECK_FALSE(range.is_due(rules));
  question.now_ms = 4401;
  range = find_cleanable_range(question, rules, segments);
  CHECK(range.delay_ms == 1);
  CHECK(range.is_due(rules));
  question.last_stable_offset = 31;
  range = find_cleanable_range(question, rules, segments);
  CHECK_FALSE(range.is_due(rules));
}

TEST_CASE("A checkpoint outside of the log gives way to the log's start") {
  CleanableQuestion question{.log_start_offset = 12, .log_end_offset = 45};
  CHECK(find_first_dirty(question) == FirstDirty{12, false});
  question.checkpoint = 11;
  CHECK(find_first_dirty(question) == FirstDirty{12, true});
  question.checkpoint = 45;
  CHECK(find_first_dirty(question) == FirstDirty{45, false});
  question.checkpoint = 46;
  CHECK(find_first_dirty(question) == FirstDirty{12, true});
}

TEST_CASE("A log that has only begun has nothing to compact") {
  const std::vector<CleanableSegment> active{{12, 300}};
  const CleanableQuestion question{.log_start_offset = 12, .log_end_offset = 45, .last_stable_offset = 45};
  const auto range = find_cleanable_range(question, {}, active);
  CHECK(range.total_bytes() == 0);
  CHECK(range.ratio() == 0);
  CHECK_FALSE(range.is_due({.min_cleanable_ratio = 0}));
}

std::vector<std::size_t> sizes(const std::vector<std::span<const SourceSegment>>& groups) {
  std::vector<std::size_t> sizes;
  for (const auto& group : groups)
    sizes.push_back(group.size());
  return sizes;
}

TEST_CASE("Neighbours become one segment as long as it is not larger than one") {
  const std::vector<SourceSegment> segments{
      {0, 100, 0, 8, 12}, {10, 100, 0, 8, 12}, {20, 100, 0, 8, 12}, {30, 400, 0, 8, 12}, {40, 10, 0, 80, 12}};
  const auto grouped = [&](std::int64_t segment_bytes, std::int64_t index_bytes) {
    return sizes(group_segments(segments, {segment_bytes, index_bytes, 50}));
  };
  using Sizes = std::vector<std::size_t>;
  CHECK(grouped(1 << 20, 1 << 20) == Sizes{5});
  CHECK(grouped(300, 1 << 20) == Sizes{3, 1, 1});
  CHECK(grouped(299, 1 << 20) == Sizes{2, 1, 1, 1});
  CHECK(grouped(1, 1) == Sizes{1, 1, 1, 1, 1});
  CHECK(grouped(1 << 20, 90) == Sizes{4, 1});
  CHECK(grouped(1 << 20, 24) == Sizes{2, 2, 1});
  CHECK(group_segments({}, {}).empty());
}

TEST_CASE("A segment holds no offsets that are too far from its base") {
  constexpr std::int64_t kReach = std::numeric_limits<std::int32_t>::max();
  const auto grouped = [](std::int64_t first_uncleanable, std::int64_t last_size) {
    const std::vector<SourceSegment> segments{{5, 100}, {10, last_size}};
    return group_segments(segments, {1 << 20, 1 << 20, first_uncleanable}).size();
  };
  CHECK(grouped(5 + kReach + 1, 100) == 1);
  CHECK(grouped(5 + kReach + 2, 100) == 2);
  // One of which nothing is left has no offsets.
  CHECK(grouped(5 + kReach + 2, 0) == 1);
}

records::BatchView view(const Bytes& bytes) {
  return records::BatchView::parse(bytes).value();
}

Bytes at(std::int64_t offset, Bytes batch) {
  records::MutableBatch::parse(batch).value().set_base_offset(offset);
  return batch;
}

TEST_CASE("Data of aborted transactions is told from other data, and markers without data from others") {
  CleanedTransactions transactions;
  const std::vector<AbortedTransaction> aborted{{7, 10, 20, 20}, {7, 30, 40, 40}, {8, 12, 22, 22}};
  transactions.add(aborted);
  transactions.add(aborted);
  const auto data = [&](std::int64_t offset, std::int64_t id, bool is_transactional = true) {
    return transactions.read_data(view(at(offset, produced(id, 0, 0, 1, is_transactional))));
  };
  const auto marker = [&](std::int64_t offset, std::int64_t id, records::ControlType type) {
    return transactions.read_control(view(at(offset, end_marker(id, 0, type)))).value();
  };
  CHECK_FALSE(data(5, 7));
  CHECK_FALSE(marker(6, 7, records::ControlType::kCommit).is_removable);
  CHECK(data(10, 7));
  CHECK_FALSE(data(11, 9));
  CHECK_FALSE(data(13, 8, false));
  const auto first = marker(20, 7, records::ControlType::kAbort);
  CHECK_FALSE(first.is_removable);
  CHECK(first.still_aborted == aborted[0]);
  // The data of this one has been removed before.
  const auto second = marker(22, 8, records::ControlType::kAbort);
  CHECK(second.is_removable);
  CHECK_FALSE(second.still_aborted.has_value());
  CHECK_FALSE(data(23, 7));
  CHECK_FALSE(marker(24, 9, records::ControlType::kCommit).is_removable);
  CHECK(marker(25, 9, records::ControlType::kCommit).is_removable);
  CHECK(data(31, 7));
}

TEST_CASE("A batch stays as a header while its producer is known by it") {
  const LastRecords last{{7, {.data_offset = 4, .epoch = 0}}, {8, {.epoch = 2}}};
  const RetentionRules rules{.now_ms = 1000, .end_of_round = 100};
  const auto stays = [&](const Bytes& bytes) {
    return judge_batch(view(bytes), false, last, rules).stays_empty;
  };
  CHECK(stays(at(4, produced(7, 0, 0))));
  CHECK(stays(at(3, produced(7, 0, 0, 2))));
  CHECK_FALSE(stays(at(3, produced(7, 0, 0))));
  CHECK_FALSE(stays(at(4, produced(9, 0, 0))));
  CHECK(stays(at(50, end_marker(8, 2, records::ControlType::kAbort))));
  CHECK_FALSE(stays(at(50, end_marker(8, 1, records::ControlType::kAbort))));
  CHECK_FALSE(stays(at(50, produced(8, 2, 0))));
  // The last batch before what may not be compacted stays whoever wrote it.
  CHECK(stays(at(99, batch_of(1, 5))));
  CHECK(stays(at(98, batch_of(2, 5))));
  CHECK_FALSE(stays(at(98, batch_of(1, 5))));
}

TEST_CASE("A record stays as the latest of its key, a tombstone only as long as asked") {
  auto map = OffsetMap::create(2400).value();
  map.put(as_bytes("a"), 5);
  map.set_latest_offset(9);
  const auto keeps = [&](std::int64_t offset, std::optional<ByteView> key, bool has_value, bool tombstones) {
    return keeps_record({offset, key, has_value}, map, tombstones);
  };
  CHECK_FALSE(keeps(4, as_bytes("a"), true, true));
  CHECK(keeps(5, as_bytes("a"), true, false));
  CHECK(keeps(5, as_bytes("a"), false, true));
  CHECK_FALSE(keeps(5, as_bytes("a"), false, false));
  CHECK(keeps(4, as_bytes("b"), true, false));
  CHECK_FALSE(keeps(4, std::nullopt, true, true));
  // What the map does not reach is for the next pass.
  CHECK(keeps(10, std::nullopt, false, false));
}

TEST_CASE("A delete horizon beyond all times is none") {
  CHECK(new_delete_horizon({.now_ms = 5, .delete_retention_ms = 10}) == 15);
  CHECK(new_delete_horizon({.now_ms = 5, .delete_retention_ms = kFar - 5}) == kFar);
  CHECK_FALSE(new_delete_horizon({.now_ms = 5, .delete_retention_ms = kFar}).has_value());
}

TEST_CASE("A truncated log is compacted again from where it was cut") {
  PartitionOffsets offsets{{{"t", 0}, 50}};
  CHECK_FALSE(lower_cleaner_offset(offsets, {"t", 0}, 50));
  CHECK_FALSE(lower_cleaner_offset(offsets, {"t", 1}, 10));
  CHECK(lower_cleaner_offset(offsets, {"t", 0}, 30));
  CHECK(compacted_up_to(offsets, {"t", 0}) == 30);
  CHECK_FALSE(compacted_up_to(offsets, {"t", 1}).has_value());
}

}  // namespace
}  // namespace moldau::log
