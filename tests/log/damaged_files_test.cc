#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <doctest/doctest.h>

#include "base/endian.h"
#include "log/partition_log.h"
#include "logs.h"
#include "protocol/records/crc32c.h"

namespace moldau::log {
namespace {

using namespace testing;

constexpr std::string_view kLog = "00000000000000000000.log";
constexpr std::string_view kOffsetIndex = "00000000000000000000.index";
constexpr std::string_view kTimeIndex = "00000000000000000000.timeindex";
constexpr int kBatches = 20;

/// An index entry for nearly each batch.
OpenOptions dense() {
  return options(1 << 20, 50);
}

/// What a clean stop leaves of a log of `count` batches with one record each.
std::shared_ptr<MemoryDirectory> closed_log(int count, const OpenOptions& opened_with) {
  auto folder = std::make_shared<MemoryDirectory>();
  const auto log = open(folder, opened_with);
  for (int i = 0; i < count; ++i)
    append(*log, batch_of(1, 1000 + i));
  REQUIRE(log->close_clean());
  return folder->copy();
}

/// The log holds `count` records and goes on behind them.
void check_whole(PartitionLog& log, std::int64_t count) {
  CHECK(log.log_end_offset() == count);
  for (std::int64_t offset = 0; offset < count; ++offset) {
    CHECK(log.read(offset, 1, kNoBound, true)->base_offset == offset);
  }
  for (std::int64_t offset = count; offset < count + 10; ++offset) {
    CHECK(append(log, batch_of(1, 100000 + offset)).base_offset == offset);
  }
}

TEST_CASE("Every flipped bit of an offset index leaves a cleanly closed log whole") {
  const auto closed = closed_log(kBatches, dense());
  const std::size_t size = closed->content(kOffsetIndex).size();
  REQUIRE(size >= 16);
  for (std::size_t bit = (size - 8) * 8; bit < size * 8; ++bit) {
    CAPTURE(bit);
    const auto folder = closed->copy();
    folder->content(kOffsetIndex)[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    check_whole(*reopen_clean(folder, dense()), kBatches);
  }
}

TEST_CASE("Every flipped bit of a time index's last offset leaves a cleanly closed log whole") {
  const auto closed = closed_log(kBatches, dense());
  const std::size_t size = closed->content(kTimeIndex).size();
  REQUIRE(size >= 12);
  for (std::size_t bit = (size - 4) * 8; bit < size * 8; ++bit) {
    CAPTURE(bit);
    const auto folder = closed->copy();
    folder->content(kTimeIndex)[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    check_whole(*reopen_clean(folder, dense()), kBatches);
  }
}

TEST_CASE(
    "A torn tail is cut even where a clean stop is claimed, and the end is that of the last whole batch") {
  const auto closed = closed_log(kBatches, dense());
  const std::size_t one = closed->content(kLog).size() / kBatches;
  for (std::size_t lost = 1; lost <= one; ++lost) {
    CAPTURE(lost);
    const auto folder = closed->copy();
    folder->content(kLog).resize(kBatches * one - lost);
    check_whole(*reopen_clean(folder, dense()), kBatches - 1);
  }
}

TEST_CASE("The end is found anew when recovering a torn tail meets an earlier corrupt batch") {
  const auto folder = closed_log(kBatches, dense());
  Bytes& log_file = folder->content(kLog);
  const std::size_t one = log_file.size() / kBatches;
  log_file[10 * one + 65] ^= 1;
  log_file.resize(log_file.size() - 3);
  check_whole(*reopen_clean(folder, dense()), 10);
}

TEST_CASE("A read that meets a corrupt header fails and does not go on with the next segment") {
  const Bytes one = batch_of(1, 1000);
  const OpenOptions two_a_segment = options(static_cast<std::int32_t>(2 * one.size()));
  const auto closed = closed_log(6, two_a_segment);
  constexpr std::size_t kLengthAt = 8;
  constexpr std::size_t kMagicAt = 16;
  for (const std::size_t at : {kLengthAt, kMagicAt}) {
    CAPTURE(at);
    const auto folder = closed->copy();
    folder->content(kLog)[at] = 0x7F;
    const auto log = reopen_clean(folder, two_a_segment);
    CHECK(log->read(0, 1 << 20, kNoBound, true).error().code == ErrorCode::kCorruptMessage);
    CHECK(log->read(2, 1 << 20, kNoBound, true)->base_offset == 2);
    CHECK_FALSE(log->failure());
  }
}

TEST_CASE("A snapshot in which two transactions begin at one offset does no harm") {
  auto folder = std::make_shared<MemoryDirectory>();
  {
    const auto log = open(folder);
    for (const std::int64_t producer_id : {7, 8})
      append(*log, produced(producer_id, 0, 0, 1, true));
    REQUIRE(log->close_clean());
  }
  constexpr std::size_t kHeader = 10;
  constexpr std::size_t kEntry = 46;
  constexpr std::size_t kFirstOffsetAt = 38;
  Bytes& snapshot = folder->content("00000000000000000002.snapshot");
  REQUIRE(snapshot.size() == kHeader + 2 * kEntry);
  std::copy_n(snapshot.begin() + kHeader + kFirstOffsetAt, 8,
              snapshot.begin() + kHeader + kEntry + kFirstOffsetAt);
  store_big_endian(snapshot.data() + 2, records::crc32c(ByteView(snapshot).subspan(6)));

  const auto log = reopen_clean(folder->copy());
  for (const std::int64_t producer_id : {7, 8}) {
    Bytes marker = end_marker(producer_id, 0, records::ControlType::kCommit);
    CHECK(log->append_as_leader(marker, 0, 3000, {.origin = AppendOrigin::kCoordinator}));
  }
  log->high_watermark_advanced(4);
  CHECK(log->last_stable_offset(4) == 4);
}

TEST_CASE("A malformed marker is refused before anything is written") {
  const auto log = open(std::make_shared<MemoryDirectory>());
  const Bytes malformed = batch_of(
      1, 1000, 1, {.producer_id = 5, .producer_epoch = 0, .is_transactional = true, .is_control = true});
  CHECK(log->append_as_is(malformed, 1000).error().code == ErrorCode::kInvalidRecord);
  CHECK(log->log_end_offset() == 0);
  CHECK(append(*log, batch_of(1, 1000)).base_offset == 0);
}

TEST_CASE("Aborted transactions are found after many were added, cut off and added again") {
  auto folder = std::make_shared<MemoryDirectory>();
  const auto log = open(folder);
  const auto abort_one = [&](std::int32_t sequence) {
    append(*log, produced(9, 0, sequence, 1, true));
    Bytes marker = end_marker(9, 0, records::ControlType::kAbort);
    REQUIRE(log->append_as_leader(marker, 0, 1000, {.origin = AppendOrigin::kCoordinator}));
  };
  for (std::int32_t i = 0; i < 5; ++i)
    abort_one(i);
  REQUIRE(log->truncate_to(6, 1000));
  CHECK(log->aborted_transactions(0, 100)->size() == 3);
  abort_one(3);
  const auto found = log->aborted_transactions(0, 100).value();
  REQUIRE(found.size() == 4);
  CHECK(found.back() == AbortedTransaction{9, 6, 7, 8});
  CHECK(folder->content("00000000000000000000.txnindex").size() == 4 * TransactionIndex::kEntrySize);
}

}  // namespace
}  // namespace moldau::log
