#include <memory>

#include <doctest/doctest.h>

#include "log/log_directory.h"
#include "logs.h"
#include "protocol/records/codec.h"

namespace moldau::log {
namespace {

using namespace testing;
using records::ControlType;

ErrorCode code_of(const Result<AppendInfo>& result) {
  return result ? ErrorCode::kNone : result.error().code;
}

TEST_CASE("What is no single batch, is too large or comes from an old leader is refused without a trace") {
  auto folder = std::make_shared<MemoryDirectory>();
  const auto log = open(folder, options(200));
  append(*log, batch_of(1, 1000), 4);
  const std::string before = folder->text("00000000000000000000.log");

  Bytes two = batch_of(1, 1000);
  const Bytes one = two;
  two.insert(two.end(), one.begin(), one.end());
  CHECK(code_of(log->append_as_leader(two, 4, 0)) == ErrorCode::kInvalidRecord);
  CHECK(code_of(log->append_as_leader(MutableBytes(two).first(40), 4, 0)) == ErrorCode::kCorruptMessage);
  Bytes large = batch_of(1, 1000, 300);
  CHECK(code_of(log->append_as_leader(large, 4, 0)) == ErrorCode::kRecordListTooLarge);
  Bytes late = one;
  CHECK(code_of(log->append_as_leader(late, 3, 0)) == ErrorCode::kFencedLeaderEpoch);
  CHECK(folder->text("00000000000000000000.log") == before);
  CHECK(log->log_end_offset() == 1);
}

TEST_CASE("A retried batch is answered with its first offsets and not written again") {
  const auto log = open(std::make_shared<MemoryDirectory>());
  append(*log, batch_of(4, 1000));
  CHECK(append(*log, produced(7, 0, 0, 2)).base_offset == 4);
  append(*log, batch_of(1, 1000));
  const auto again = append(*log, produced(7, 0, 0, 2));
  CHECK(again.is_duplicate);
  CHECK(again.base_offset == 4);
  CHECK(again.last_offset == 5);
  CHECK(again.log_append_time_ms == 1001);
  CHECK(log->log_end_offset() == 7);
  Bytes gap = produced(7, 0, 5);
  CHECK(code_of(log->append_as_leader(gap, 0, 0)) == ErrorCode::kOutOfOrderSequenceNumber);
  CHECK(log->log_end_offset() == 7);
}

TEST_CASE("The time of a log append is told") {
  const auto log = open(std::make_shared<MemoryDirectory>());
  Bytes batch = batch_of(2, 1000);
  records::MutableBatch::parse(batch)->set_max_timestamp(records::TimestampType::kLogAppendTime, 7777);
  CHECK(append(*log, batch).log_append_time_ms == 7777);
}

TEST_CASE("A follower takes batches as they are, whole ones only, rising, intact and of epochs it knows") {
  const auto leader = open(std::make_shared<MemoryDirectory>());
  for (int i = 0; i < 4; ++i)
    append(*leader, batch_of(2, 1000), i);
  const Bytes all = leader->read_bytes(0, 1 << 20, kNoBound, false).value();
  const std::size_t one = all.size() / 4;

  const auto log = open(std::make_shared<MemoryDirectory>());
  auto info = log->append_as_is(ByteView(all).first(2 * one - 1), 0).value();
  CHECK(info.base_offset == 0);
  CHECK(info.last_offset == 1);
  info = log->append_as_is(ByteView(all).subspan(one), 0, AppendOrigin::kReplication, 2).value();
  CHECK(info.base_offset == 2);
  CHECK(info.last_offset == 5);
  CHECK(log->latest_epoch() == 2);
  CHECK(log->end_offset_for_epoch(1) == LeaderEpochCache::EpochEnd{1, 4});
  CHECK(code_of(log->append_as_is(ByteView(all).subspan(2 * one), 0)) == ErrorCode::kOffsetOutOfRange);
  Bytes damaged(all.begin() + static_cast<std::ptrdiff_t>(3 * one), all.end());
  damaged.back() ^= 1;
  CHECK(code_of(log->append_as_is(damaged, 0)) == ErrorCode::kCorruptMessage);
  CHECK(code_of(log->append_as_is(as_bytes(std::string(80, 'x')), 0)) == ErrorCode::kCorruptMessage);
  info = log->append_as_is({}, 0).value();
  CHECK(info.last_offset < info.base_offset);
  REQUIRE(log->append_as_is(ByteView(all).subspan(3 * one), 0));
  CHECK(log->read_bytes(0, 1 << 20, kNoBound, false).value() == all);
}

TEST_CASE("A segment ends by age, by the first batch's time, or when its offsets would not fit") {
  auto with_age = options();
  with_age.config.segment_ms = 100;
  const auto log = open(std::make_shared<MemoryDirectory>(), with_age);
  CHECK_FALSE(append(*log, batch_of(1, 5000), 0, 9000).rolled);
  CHECK_FALSE(append(*log, batch_of(1, 5100), 0, 9000).rolled);
  CHECK(append(*log, batch_of(1, 5101), 0, 9000).rolled);
  CHECK(append(*log, batch_of(1, 5202), 0, 9000).rolled);

  const auto wide = open(std::make_shared<MemoryDirectory>());
  append(*wide, batch_of(1, 1000));
  Bytes far = batch_of(1, 1000, 10, {.base_offset = (std::int64_t{1} << 31) + 5});
  CHECK(wide->append_as_is(far, 0)->rolled);
  CHECK(wide->segments()->back().base_offset == (std::int64_t{1} << 31) + 5);
  CHECK(wide->read(1, 100, kNoBound, true)->base_offset == (std::int64_t{1} << 31) + 5);
}

TEST_CASE("The largest timestamp is that of a record that was deleted, as long as its segment is there") {
  moldau::records::DecoderSet decoders;
  const auto log = open(std::make_shared<MemoryDirectory>());
  append(*log, batch_of(2, 5000));
  append(*log, batch_of(2, 1000));
  REQUIRE(log->advance_log_start(3));
  CHECK(log->max_timestamp(decoders).value() == OffsetAtTime{5001, 1, 0});
  CHECK_FALSE(log->offset_for_timestamp(1002, decoders)->has_value());
}

TEST_CASE("Without timestamps a segment's age counts from its creation") {
  auto with_age = options();
  with_age.config.segment_ms = 100;
  const auto log = open(std::make_shared<MemoryDirectory>(), with_age);
  append(*log, batch_of(1, -1), 0, 1000);
  CHECK_FALSE(append(*log, batch_of(1, -1), 0, 1100).rolled);
  CHECK(append(*log, batch_of(1, -1), 0, 1101).rolled);
}

TEST_CASE("Offsets are found by timestamp, and the largest timestamp by its first record") {
  moldau::records::DecoderSet decoders;
  const auto log = open(std::make_shared<MemoryDirectory>(), options(600, 100));
  for (int i = 0; i < 20; ++i)
    append(*log, batch_of(3, 1000 + 10 * i), 2);
  CHECK(log->segments()->size() > 2);
  CHECK(log->offset_for_timestamp(0, decoders).value() == OffsetAtTime{1000, 0, 2});
  CHECK(log->offset_for_timestamp(1101, decoders).value() == OffsetAtTime{1101, 31, 2});
  CHECK(log->offset_for_timestamp(1103, decoders).value() == OffsetAtTime{1110, 33, 2});
  CHECK(log->offset_for_timestamp(1192, decoders).value() == OffsetAtTime{1192, 59, 2});
  CHECK_FALSE(log->offset_for_timestamp(1193, decoders)->has_value());
  CHECK(log->max_timestamp(decoders).value() == OffsetAtTime{1192, 59, 2});
  REQUIRE(log->advance_log_start(31));
  CHECK(log->offset_for_timestamp(0, decoders).value() == OffsetAtTime{1101, 31, 2});
  CHECK_FALSE(open(std::make_shared<MemoryDirectory>())->max_timestamp(decoders)->has_value());
}

TEST_CASE("Aborted transactions are found by the offsets they overlap") {
  const auto log = open(std::make_shared<MemoryDirectory>(), options(300));
  append(*log, produced(7, 0, 0, 2, true));
  append(*log, produced(8, 0, 0, 2, true));
  const auto mark = [&](std::int64_t id, ControlType type) {
    Bytes marker = end_marker(id, 0, type);
    REQUIRE(log->append_as_leader(marker, 0, 0, {.origin = AppendOrigin::kCoordinator}));
  };
  CHECK(log->last_stable_offset(4) == 0);
  mark(7, ControlType::kAbort);
  append(*log, batch_of(2, 1000));
  mark(8, ControlType::kAbort);
  CHECK(log->last_stable_offset(5) == 0);
  log->high_watermark_advanced(5);
  CHECK(log->last_stable_offset(5) == 2);
  log->high_watermark_advanced(8);
  CHECK(log->last_stable_offset(8) == 8);
  const AbortedTransaction first{7, 0, 4, 2};
  const AbortedTransaction second{8, 2, 7, 8};
  CHECK(log->aborted_transactions(0, 8).value() == std::vector{first, second});
  CHECK(log->aborted_transactions(0, 2).value() == std::vector{first});
  CHECK(log->aborted_transactions(5, 8).value() == std::vector{second});
  CHECK(log->aborted_transactions(8, 9)->empty());
}

TEST_CASE("A reader is told of the aborted transactions up to the index entry behind what it reads") {
  auto log = open(std::make_shared<MemoryDirectory>(), options(1 << 20, 1));
  const auto abort = [&](std::int64_t producer_id) {
    Bytes marker = end_marker(producer_id, 0, ControlType::kAbort);
    REQUIRE(log->append_as_leader(marker, 0, 0, {.origin = AppendOrigin::kCoordinator}));
  };
  append(*log, produced(7, 0, 0, 2, true));
  abort(7);
  for (int i = 0; i < 4; ++i)
    append(*log, batch_of(1, 1000));
  append(*log, produced(8, 0, 0, 1, true));
  abort(8);
  log->high_watermark_advanced(9);
  const auto producers = [&](std::int64_t offset, std::int64_t max_bytes) {
    const auto found = log->read(offset, max_bytes, 9, true).value();
    std::vector<std::int64_t> ids;
    for (const AbortedTransaction& aborted : log->aborted_in(found, offset).value())
      ids.push_back(aborted.producer_id);
    return ids;
  };
  CHECK(producers(0, 1) == std::vector<std::int64_t>{7});
  CHECK(producers(0, 1 << 20) == std::vector<std::int64_t>{7, 8});
  CHECK(producers(3, 1).empty());
  CHECK(producers(3, 1 << 20) == std::vector<std::int64_t>{8});
  CHECK(producers(7, 1) == std::vector<std::int64_t>{8});
  CHECK(producers(9, 1).empty());
}

TEST_CASE("The recovery point rises when a flush has run, and only over what was there when it began") {
  auto folder = std::make_shared<MemoryDirectory>();
  auto each = options(300);
  each.config.flush_messages = 2;
  const auto log = open(folder, each);
  CHECK(log->wants_flush());
  auto work = log->begin_flush().value();
  CHECK_FALSE(work.is_empty());
  REQUIRE(work.run());
  log->flushed(work.ticket);
  CHECK_FALSE(log->wants_flush());

  append(*log, batch_of(1, 1000));
  work = log->begin_flush().value();
  append(*log, batch_of(2, 1000));
  REQUIRE(work.run());
  log->flushed(work.ticket);
  CHECK(log->recovery_point() == 1);
  CHECK(log->unflushed_messages() == 2);
  CHECK(log->wants_flush());
  CHECK(folder->text("leader-epoch-checkpoint") == "0\n1\n0 0\n");
}

TEST_CASE("The indexes of an ended segment are synced even if its batches were before") {
  const auto log = open(std::make_shared<MemoryDirectory>());
  append(*log, batch_of(1, 1000));
  flush(*log);
  REQUIRE(log->roll(1000));
  // The log, its two indexes and the producer snapshot; the new log is empty.
  CHECK(log->begin_flush()->files.size() == 4);
  CHECK(log->begin_flush()->is_empty());
  CHECK(log->read(0, 1, kNoBound, true)->slice.size_bytes > 1);
}

TEST_CASE("A flush begun before a truncation does not vouch for what came after") {
  const auto log = open(std::make_shared<MemoryDirectory>());
  for (int i = 0; i < 5; ++i)
    append(*log, batch_of(1, 1000));
  const auto work = log->begin_flush().value();
  REQUIRE(log->truncate_to(2, 1000));
  for (int i = 0; i < 3; ++i)
    append(*log, batch_of(1, 1000), 1);
  REQUIRE(work.run());
  log->flushed(work.ticket);
  CHECK(log->recovery_point() == 0);
}

TEST_CASE("A failed sync or write takes the log offline for good") {
  auto folder = std::make_shared<MemoryDirectory>();
  const auto log = open(folder);
  append(*log, batch_of(1, 1000));
  folder->faults().fail_syncs = true;
  const auto work = log->begin_flush().value();
  const auto synced = work.run();
  REQUIRE_FALSE(synced.has_value());
  log->fail_flush(synced.error());
  folder->faults().fail_syncs = false;
  log->flushed(work.ticket);
  CHECK(log->recovery_point() == 0);
  Bytes batch = batch_of(1, 1000);
  CHECK(code_of(log->append_as_leader(batch, 0, 0)) == ErrorCode::kKafkaStorageError);
  CHECK(log->read(0, 100, kNoBound, true).error().code == ErrorCode::kKafkaStorageError);
  CHECK(log->begin_flush().error().code == ErrorCode::kKafkaStorageError);
  CHECK(log->truncate_to(0, 0).error().code == ErrorCode::kKafkaStorageError);
  CHECK(log->close_clean().error().code == ErrorCode::kKafkaStorageError);

  auto full = std::make_shared<MemoryDirectory>();
  const auto other = open(full);
  full->faults().fail_writes = true;
  CHECK(code_of(other->append_as_leader(batch, 0, 0)) == ErrorCode::kKafkaStorageError);
  full->faults().fail_writes = false;
  CHECK(code_of(other->append_as_leader(batch, 0, 0)) == ErrorCode::kKafkaStorageError);
  CHECK(other->failure().has_value());
}

TEST_CASE("A folder of another topic is refused") {
  auto folder = std::make_shared<MemoryDirectory>();
  auto with_id = options();
  with_id.topic_id = Uuid(1, 2);
  open(folder, with_id);
  CHECK(open(folder)->topic_id() == Uuid(1, 2));
  with_id.topic_id = Uuid(1, 3);
  CHECK(PartitionLog::open(folder, with_id).error().code == ErrorCode::kInconsistentTopicId);
}

TEST_CASE("What a crash left of partition.metadata is written anew") {
  using namespace std::string_view_literals;
  auto with_id = options();
  with_id.topic_id = Uuid(1, 3);
  for (const std::string_view left : {""sv, "version"sv, "version: 0\ntopic_id: AAAA"sv, "\0\0\0\0"sv}) {
    CAPTURE(left);
    auto folder = std::make_shared<MemoryDirectory>();
    folder->put("partition.metadata", left);
    CHECK(open(folder, with_id)->topic_id() == Uuid(1, 3));
    CHECK(folder->text("partition.metadata") == "version: 0\ntopic_id: AAAAAAAAAAEAAAAAAAAAAw");
  }
  auto folder = std::make_shared<MemoryDirectory>();
  folder->put("partition.metadata", "version: 0\ntopic_id: BBBB");
  CHECK(!PartitionLog::open(folder, with_id));
}

TEST_CASE("Truncating below the first segment, or fully, starts the log anew") {
  auto folder = std::make_shared<MemoryDirectory>();
  const auto log = open(folder, options(300));
  REQUIRE(log->truncate_fully_and_start_at(100, 1000));
  CHECK(log->log_start_offset() == 100);
  CHECK(log->log_end_offset() == 100);
  CHECK(append(*log, batch_of(3, 1000), 1).base_offset == 100);
  REQUIRE(log->truncate_to(50, 1000));
  CHECK(log->log_start_offset() == 50);
  CHECK(log->log_end_offset() == 50);
  CHECK_FALSE(log->latest_epoch().has_value());
  CHECK(folder->files.contains("00000000000000000050.log"));
  CHECK_FALSE(folder->files.contains("00000000000000000100.log"));
}

TEST_CASE("Truncating at the end drops an epoch that never had records") {
  const auto log = open(std::make_shared<MemoryDirectory>());
  append(*log, batch_of(3, 1000), 1);
  REQUIRE(log->assign_epoch(2, 3));
  REQUIRE(log->truncate_to(3, 1000));
  CHECK(log->latest_epoch() == 1);
  CHECK(log->log_end_offset() == 3);
}

TEST_CASE("The start of a log only rises, up to its end, and takes epochs with it") {
  const auto log = open(std::make_shared<MemoryDirectory>());
  for (int i = 0; i < 4; ++i)
    append(*log, batch_of(2, 1000), i);
  CHECK(log->advance_log_start(9).error().code == ErrorCode::kOffsetOutOfRange);
  REQUIRE(log->advance_log_start(5));
  REQUIRE(log->advance_log_start(3));
  CHECK(log->log_start_offset() == 5);
  CHECK(log->end_offset_for_epoch(0) == LeaderEpochCache::EpochEnd{0, 5});
  REQUIRE(log->advance_log_start(8));
  CHECK(log->read(8, 100, kNoBound, true)->slice.size_bytes == 0);
}

TEST_CASE("A partition is created, moved aside and removed in its log directory") {
  auto log_dir = std::make_shared<MemoryDirectory>();
  auto with_id = options();
  with_id.topic_id = Uuid(1, 2);
  const auto first = open_or_create(log_dir, "orders-0", with_id).value();
  const auto second = open_or_create(log_dir, "orders-1", with_id).value();
  log_dir->put("meta.properties", "");
  CHECK(list_partition_folders(*log_dir)->size() == 2);
  append(*first, batch_of(1, 1000));
  const auto slice = first->read(0, 100, kNoBound, true)->slice;
  const std::string name = move_aside(*log_dir, {"orders", 0}, FolderKind::kDeleted, Uuid(5, 6)).value();
  CHECK(list_partition_folders(*log_dir)->at(0).folder.kind == FolderKind::kDeleted);
  CHECK(log_dir->folders.at(name)->files.contains("00000000000000000000.index"));
  REQUIRE(remove_folder(*log_dir, name));
  CHECK(list_partition_folders(*log_dir)->size() == 1);
  Bytes still_there(static_cast<std::size_t>(slice.size_bytes));
  CHECK(slice.file->read_at(slice.position, still_there).value() == still_there.size());
}

TEST_CASE("A new partition asks for no flush, and the first one makes its folder durable") {
  auto log_dir = std::make_shared<MemoryDirectory>();
  auto with_id = options();
  with_id.topic_id = Uuid(1, 2);
  const auto log = open_or_create(log_dir, "orders-0", with_id).value();
  const auto folder = log_dir->folders.at("orders-0");
  CHECK(folder->files.size() == 2);
  append(*log, batch_of(1, 1000));
  CHECK_FALSE(log->wants_flush());
  auto work = log->begin_flush().value();
  REQUIRE(work.files.size() == 2);
  CHECK(work.files[0].file == folder->files.at("partition.metadata"));
  CHECK(work.files[1].file == folder->files.at("00000000000000000000.log"));
  CHECK(work.directories == std::vector<std::shared_ptr<io::Directory>>{folder, log_dir});
  REQUIRE(work.run());
  log->flushed(work.ticket);
  CHECK(folder->text("leader-epoch-checkpoint") == "0\n1\n0 0\n");
  CHECK(folder->files.size() == 3);
  CHECK(log->begin_flush()->is_empty());
}

TEST_CASE("A new leader epoch waits for the next flush") {
  auto folder = std::make_shared<MemoryDirectory>();
  const auto log = open(folder);
  flush(*log);
  append(*log, batch_of(1, 1000), 1);
  append(*log, batch_of(1, 1000), 4);
  CHECK_FALSE(log->wants_flush());
  CHECK(folder->text("leader-epoch-checkpoint").empty());
  flush(*log);
  CHECK(folder->text("leader-epoch-checkpoint") == "0\n2\n1 0\n4 1\n");
}

TEST_CASE("The first aborted transaction of a segment asks for a flush, the next one does not") {
  const auto log = open(std::make_shared<MemoryDirectory>());
  flush(*log);
  for (const std::int64_t producer_id : {7, 8}) {
    append(*log, produced(producer_id, 0, 0, 2, true));
    CHECK_FALSE(log->wants_flush());
    Bytes marker = end_marker(producer_id, 0, ControlType::kAbort);
    REQUIRE(log->append_as_leader(marker, 0, 0, {.origin = AppendOrigin::kCoordinator}));
    CHECK(log->wants_flush() == (producer_id == 7));
    flush(*log);
  }
}

TEST_CASE("A partition that is created in a folder with records has them") {
  auto log_dir = std::make_shared<MemoryDirectory>();
  auto with_id = options();
  with_id.topic_id = Uuid(1, 2);
  {
    const auto log = open_or_create(log_dir, "orders-0", with_id).value();
    append(*log, batch_of(3, 1000));
  }
  CHECK(open_or_create(log_dir, "orders-0", with_id).value()->log_end_offset() == 3);
  with_id.topic_id = Uuid(7, 8);
  CHECK(open_or_create(log_dir, "orders-0", with_id).error().code == ErrorCode::kInconsistentTopicId);
}

}  // namespace
}  // namespace moldau::log
