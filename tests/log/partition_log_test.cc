#include "log/partition_log.h"

#include <memory>

#include <doctest/doctest.h>

#include "logs.h"

namespace moldau::log {
namespace {

using namespace testing;
using records::BatchView;

TEST_CASE("An empty folder becomes an empty log, with all files of a fresh partition once it is closed") {
  auto folder = std::make_shared<MemoryDirectory>();
  auto with_id = options();
  with_id.topic_id = Uuid(1, 2);
  const auto log = open(folder, with_id);
  CHECK(log->log_start_offset() == 0);
  CHECK(log->log_end_offset() == 0);
  CHECK(folder->text("partition.metadata") == "version: 0\ntopic_id: AAAAAAAAAAEAAAAAAAAAAg");
  CHECK(folder->files.size() == 2);
  REQUIRE(log->close_clean());
  for (const char* name : {"00000000000000000000.log", "00000000000000000000.index",
                           "00000000000000000000.timeindex", "leader-epoch-checkpoint"}) {
    CAPTURE(name);
    CHECK(folder->files.contains(name));
    CHECK(folder->text(name).empty());
  }
  CHECK(folder->files.size() == 5);
}

TEST_CASE("A leader's append assigns offsets and epoch in place and is read back") {
  auto folder = std::make_shared<MemoryDirectory>();
  const auto log = open(folder);
  CHECK(append(*log, batch_of(3, 1000), 5).base_offset == 0);
  Bytes second = batch_of(2, 2000);
  const auto info = log->append_as_leader(second, 5, 1000).value();
  CHECK(info.base_offset == 3);
  CHECK(info.last_offset == 4);
  CHECK(info.log_append_time_ms == -1);
  CHECK(log->log_end_offset() == 5);
  const auto view = BatchView::parse(second).value();
  CHECK(view.base_offset() == 3);
  CHECK(view.partition_leader_epoch() == 5);
  CHECK(view.is_valid());

  const Bytes tail = log->read_bytes(3, 1 << 20, kNoBound, false).value();
  CHECK(tail == second);
  const auto all = log->read(1, 1 << 20, kNoBound, false).value();
  CHECK(all.base_offset == 0);
  CHECK(all.slice.position == 0);
  CHECK(all.slice.size_bytes == folder->content("00000000000000000000.log").size());
  CHECK(log->latest_epoch() == 5);
}

TEST_CASE("The batch that was appended last is found without a look at the file") {
  const auto faults = std::make_shared<DiskFaults>();
  const auto log = open(std::make_shared<MemoryDirectory>("memory", faults));
  for (int i = 0; i < 3; ++i)
    append(*log, batch_of(2, 1000));
  const int before = faults->read_count;
  CHECK(log->read(4, 1 << 20, kNoBound, true)->base_offset == 4);
  CHECK(log->read(5, 1 << 20, kNoBound, true)->base_offset == 4);
  CHECK(faults->read_count == before);
  CHECK(log->read(3, 1 << 20, kNoBound, true)->base_offset == 2);
  CHECK(faults->read_count > before);

  REQUIRE(log->truncate_to(4, 1000));
  append(*log, batch_of(1, 1000, 100));
  CHECK(log->read(4, 1 << 20, kNoBound, true)->slice.size_bytes == batch_of(1, 1000, 100).size());
  CHECK(log->read(5, 1 << 20, kNoBound, true)->slice.size_bytes == 0);
}

TEST_CASE("Reads stay within limit, bound and log") {
  const auto log = open(std::make_shared<MemoryDirectory>());
  const Bytes one = batch_of(2, 1000);
  for (int i = 0; i < 3; ++i)
    append(*log, one);
  const auto size = static_cast<std::int64_t>(one.size());

  CHECK(log->read(0, size, kNoBound, false)->slice.size_bytes == one.size());
  CHECK(log->read(0, 10, kNoBound, true)->slice.size_bytes == one.size());
  CHECK(log->read(0, 10, kNoBound, false)->is_first_batch_cut);
  CHECK(log->read(0, 1 << 20, 4, false)->slice.size_bytes == 2 * one.size());
  CHECK(log->read(2, 1 << 20, 4, false)->slice.position == one.size());
  CHECK(log->read(4, 1 << 20, 4, true)->slice.size_bytes == 0);
  CHECK(log->read(6, 1 << 20, kNoBound, true)->slice.size_bytes == 0);
  CHECK(log->read(7, 1 << 20, kNoBound, true).error().code == ErrorCode::kOffsetOutOfRange);
  CHECK(log->read(-1, 1 << 20, kNoBound, true).error().code == ErrorCode::kOffsetOutOfRange);
  REQUIRE(log->advance_log_start(2));
  CHECK(log->read(1, 1 << 20, kNoBound, true).error().code == ErrorCode::kOffsetOutOfRange);
}

TEST_CASE("A log closed cleanly opens with the same content") {
  auto folder = std::make_shared<MemoryDirectory>();
  Bytes before;
  {
    const auto log = open(folder, options(400, 50));
    for (int i = 0; i < 10; ++i)
      append(*log, batch_of(2, 1000 + 10 * i), i / 5);
    before = log->read_bytes(0, 1 << 20, kNoBound, false).value();
    REQUIRE(log->close_clean());
    CHECK(log->recovery_point() == 20);
    CHECK(log->read(0, 100, kNoBound, true).error().code == ErrorCode::kKafkaStorageError);
  }
  CHECK(folder->files.contains("00000000000000000020.snapshot"));
  CHECK(folder->text("leader-epoch-checkpoint") == "0\n2\n0 0\n1 10\n");
  const auto log = reopen_clean(folder->copy(), options(400, 50));
  CHECK(log->log_end_offset() == 20);
  CHECK(log->recovery_point() == 20);
  CHECK(log->latest_epoch() == 1);
  CHECK(log->segments()->size() > 1);
  CHECK(log->read_bytes(0, 1 << 20, kNoBound, false).value() == before);
  CHECK(append(*log, batch_of(1, 5000), 1).base_offset == 20);
}

TEST_CASE("Segments roll by size") {
  auto folder = std::make_shared<MemoryDirectory>();
  const Bytes one = batch_of(1, 1000);
  const auto log = open(folder, options(static_cast<std::int32_t>(2 * one.size())));
  CHECK_FALSE(append(*log, one).rolled);
  CHECK_FALSE(append(*log, one).rolled);
  CHECK(append(*log, one).rolled);
  CHECK(folder->content("00000000000000000000.log").size() == 2 * one.size());
  CHECK(folder->content("00000000000000000002.log").size() == one.size());
  CHECK(folder->files.contains("00000000000000000002.snapshot"));
  CHECK(log->wants_flush());
}

}  // namespace
}  // namespace moldau::log
