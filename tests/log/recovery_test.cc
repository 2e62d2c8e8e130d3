#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "logs.h"
#include "protocol/records/codec.h"

namespace moldau::log {
namespace {

using namespace testing;

constexpr std::string_view kFirstLog = "00000000000000000000.log";

/// Ten batches of two records, two batches to a segment, as a killed process left them.
struct Killed {
  Killed() {
    const auto log = open(folder, settings);
    for (int i = 0; i < 10; ++i)
      append(*log, one, i / 2);
  }
  std::unique_ptr<PartitionLog> recover(std::int64_t recovery_point = 0) {
    settings.recovery_point = recovery_point;
    return open(folder, settings);
  }

  Bytes one = batch_of(2, 1000);
  OpenOptions settings = options(static_cast<std::int32_t>(2 * one.size()), 50);
  std::shared_ptr<MemoryDirectory> folder = std::make_shared<MemoryDirectory>();
};

TEST_CASE("After a kill everything is there, but nothing counts as durable") {
  Killed killed;
  killed.folder = killed.folder->copy();
  const auto log = killed.recover();
  CHECK(log->log_end_offset() == 20);
  CHECK(log->recovery_point() == 0);
  CHECK(log->latest_epoch() == 4);
  CHECK(log->end_offset_for_epoch(2) == LeaderEpochCache::EpochEnd{2, 12});
}

TEST_CASE("A torn batch at the end is cut off") {
  for (const std::size_t torn : {std::size_t{1}, std::size_t{40}, std::size_t{70}}) {
    Killed killed;
    Bytes& last = killed.folder->content("00000000000000000016.log");
    last.resize(last.size() - torn);
    const auto log = killed.recover(16);
    CHECK(log->log_end_offset() == 18);
    CHECK(last.size() == killed.one.size());
    CHECK(append(*log, killed.one, 9).base_offset == 18);
  }
}

TEST_CASE("A damaged batch takes all behind it along, later segments too") {
  Killed killed;
  killed.folder->content("00000000000000000008.log")[killed.one.size() + 70] ^= 1;
  const auto log = killed.recover();
  CHECK(log->log_end_offset() == 10);
  CHECK(log->segments()->size() == 3);
  CHECK(log->latest_epoch() == 2);
  CHECK_FALSE(killed.folder->files.contains("00000000000000000012.log"));
  CHECK_FALSE(killed.folder->files.contains("00000000000000000012.snapshot"));
  CHECK(append(*log, killed.one, 9).base_offset == 10);
}

TEST_CASE("Segments below the recovery point are believed") {
  Killed killed;
  killed.folder->content(kFirstLog)[70] ^= 1;
  const auto log = killed.recover(16);
  CHECK(log->log_end_offset() == 20);
  CHECK(log->recovery_point() == 16);
}

TEST_CASE("A clean log whose tail is torn all the same is repaired") {
  Killed killed;
  Bytes& last = killed.folder->content("00000000000000000016.log");
  last.resize(last.size() - 3);
  auto clean = killed.settings;
  clean.had_clean_shutdown = true;
  const auto log = open(killed.folder, clean);
  CHECK(log->log_end_offset() == 18);
  CHECK(append(*log, killed.one, 9).base_offset == 18);
  CHECK(log->read_bytes(16, 1 << 20, kNoBound, false)->size() == 2 * killed.one.size());
}

TEST_CASE("Lost and damaged indexes are made again") {
  Killed killed;
  const auto copy = killed.folder->copy();
  const auto whole = killed.recover();
  killed.folder = copy;
  REQUIRE(copy->remove_file("00000000000000000004.index"));
  REQUIRE(copy->remove_file("00000000000000000008.timeindex"));
  copy->put("00000000000000000012.txnindex", std::string(34, '\x7f'));
  copy->put("00000000000000000099.index", "orphan");
  auto clean = killed.settings;
  clean.had_clean_shutdown = true;
  const auto log = open(copy, clean);
  CHECK(log->log_end_offset() == 20);
  CHECK(copy->content("00000000000000000004.index").size() == 8);
  CHECK(copy->content("00000000000000000012.txnindex").empty());
  CHECK_FALSE(copy->files.contains("00000000000000000099.index"));
  CHECK(log->read(7, 100, kNoBound, true)->base_offset == 6);
}

TEST_CASE("Index entries that point to no batch are not believed") {
  const std::string damages[] = {std::string("\x00\x00\x00\x02\xff\xff\xff\xf0", 8),
                                 std::string("\x00\x00\x00\x00\x00\x00\x00\x05", 8),
                                 std::string("\x00\x00\x00\x01\x7f\xff\xff\xff", 8)};
  for (const std::string& damage : damages) {
    Killed killed;
    for (const auto* name : {"00000000000000000008.index", "00000000000000000016.index"}) {
      killed.folder->put(name, damage);
    }
    auto clean = killed.settings;
    clean.had_clean_shutdown = true;
    const auto log = open(killed.folder, clean);
    CHECK(log->log_end_offset() == 20);
    CHECK(log->read(11, 100, kNoBound, true)->base_offset == 10);
    moldau::records::DecoderSet decoders;
    CHECK(log->offset_for_timestamp(1001, decoders).value()->offset == 1);
  }
}

TEST_CASE("An active segment whose index runs ahead of it is recovered") {
  Killed killed;
  killed.folder->put("00000000000000000016.index", std::string("\x00\x00\x00\x63\x00\x00\x00\x10", 8));
  auto clean = killed.settings;
  clean.had_clean_shutdown = true;
  const auto log = open(killed.folder, clean);
  CHECK(log->log_end_offset() == 20);
  CHECK(killed.folder->content("00000000000000000016.index").size() == 8);
  CHECK(killed.folder->content("00000000000000000016.index").back() == killed.one.size());
}

TEST_CASE("An unreadable epoch checkpoint is made again from the batches") {
  Killed killed;
  killed.folder->put("leader-epoch-checkpoint", "0\n7\nnonsense");
  auto clean = killed.settings;
  clean.had_clean_shutdown = true;
  clean.recovery_point = 20;
  const auto log = open(killed.folder, clean);
  CHECK(log->latest_epoch() == 4);
  CHECK(log->end_offset_for_epoch(0) == LeaderEpochCache::EpochEnd{0, 4});
  REQUIRE(log->close_clean());
  CHECK(killed.folder->text("leader-epoch-checkpoint") == "0\n5\n0 0\n1 4\n2 8\n3 12\n4 16\n");
}

TEST_CASE("A log that ends before its start is empty at its start") {
  Killed killed;
  killed.settings.log_start_offset = 25;
  const auto log = killed.recover();
  CHECK(log->log_start_offset() == 25);
  CHECK(log->log_end_offset() == 25);
  CHECK_FALSE(killed.folder->files.contains(kFirstLog));
  CHECK_FALSE(log->latest_epoch().has_value());
}

TEST_CASE("The log start of the checkpoint holds, and epochs before it end") {
  Killed killed;
  killed.settings.log_start_offset = 6;
  const auto log = killed.recover();
  CHECK(log->log_start_offset() == 6);
  CHECK(log->epochs().entries().front() == EpochEntry{1, 6});
  CHECK(log->read(5, 100, kNoBound, true).error().code == ErrorCode::kOffsetOutOfRange);
}

TEST_CASE("Producers are known again after a crash, from snapshot and batches") {
  auto folder = std::make_shared<MemoryDirectory>();
  const auto small = options(static_cast<std::int32_t>(2 * produced(7, 0, 0).size()));
  {
    const auto log = open(folder, small);
    for (int i = 0; i < 7; ++i)
      append(*log, produced(7, 0, i));
  }
  folder->content("00000000000000000006.snapshot")[15] ^= 1;
  const auto log = open(folder->copy(), small);
  Bytes gap = produced(7, 0, 8);
  CHECK(log->append_as_leader(gap, 0, 0).error().code == ErrorCode::kOutOfOrderSequenceNumber);
  CHECK(append(*log, produced(7, 0, 6)).is_duplicate);
  CHECK(append(*log, produced(7, 0, 7)).base_offset == 7);
}

TEST_CASE("Truncation takes producers back") {
  const auto log = open(std::make_shared<MemoryDirectory>(), options(300));
  for (int i = 0; i < 7; ++i)
    append(*log, produced(7, 0, i));
  REQUIRE(log->truncate_to(4, 1000));
  Bytes gap = produced(7, 0, 5);
  CHECK(log->append_as_leader(gap, 0, 0).error().code == ErrorCode::kOutOfOrderSequenceNumber);
  CHECK(append(*log, produced(7, 0, 4)).base_offset == 4);
}

TEST_CASE("Leftovers of deletion and compaction go, and output that was ready takes its place") {
  Killed killed;
  auto& folder = *killed.folder;
  folder.put("00000000000000000000.log.deleted", "x");
  folder.put("00000000000000000007-0000000001.checkpoint.deleted", "kept");
  folder.put("00000000000000000012.log.cleaned", "x");
  folder.put("00000000000000000012.log.swap", "x");
  const Bytes compacted = folder.content("00000000000000000004.log");
  folder.put("00000000000000000000.log.swap", as_text(folder.content(kFirstLog)));
  Bytes& swap = folder.content("00000000000000000000.log.swap");
  swap.insert(swap.end(), compacted.begin(), compacted.end());
  folder.put("00000000000000000000.index.swap", "");
  folder.put("00000000000000000000.timeindex.swap", "");
  auto clean = killed.settings;
  clean.had_clean_shutdown = true;
  const auto log = open(killed.folder, clean);
  CHECK(folder.files.contains("00000000000000000007-0000000001.checkpoint.deleted"));
  CHECK_FALSE(folder.files.contains("00000000000000000000.log.deleted"));
  CHECK_FALSE(folder.files.contains("00000000000000000012.log.swap"));
  CHECK_FALSE(folder.files.contains("00000000000000000004.log"));
  CHECK(folder.content(kFirstLog).size() == 4 * killed.one.size());
  CHECK(log->log_end_offset() == 20);
  CHECK(log->read(5, 100, kNoBound, true)->base_offset == 4);
}

}  // namespace
}  // namespace moldau::log
