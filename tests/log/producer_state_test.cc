#include "log/producer_state.h"

#include <limits>

#include <doctest/doctest.h>

#include "log/producer_snapshot.h"
#include "log/producer_snapshots.h"
#include "logs.h"

namespace moldau::log {
namespace {

using namespace testing;
using records::BatchView;
using records::ControlType;

constexpr std::int64_t kDayMs = 86400000;

/// Stands in for the log: batches get offsets one behind the other.
class Partition {
 public:
  ErrorCode check(const Bytes& bytes, const ProducerRules& rules = {}) {
    const auto checked = state.check(BatchView::parse(bytes).value(), rules);
    return checked ? ErrorCode::kNone : checked.error().code;
  }

  std::optional<CompletedTransaction> apply(Bytes bytes) {
    auto batch = records::MutableBatch::parse(bytes).value();
    batch.set_base_offset(next_offset);
    next_offset = batch.view().next_offset();
    return state.apply(batch.view()).value();
  }

  ProducerState state{kDayMs};
  std::int64_t next_offset = 0;
};

TEST_CASE("Sequences of a producer follow each other") {
  Partition partition;
  partition.apply(produced(7, 0, 0, 3));
  CHECK(partition.check(produced(7, 0, 3)) == ErrorCode::kNone);
  CHECK(partition.check(produced(7, 0, 4)) == ErrorCode::kOutOfOrderSequenceNumber);
  CHECK(partition.check(produced(7, 0, 1)) == ErrorCode::kOutOfOrderSequenceNumber);
  CHECK(partition.check(produced(7, 0, 4), {.origin = AppendOrigin::kReplication}) == ErrorCode::kNone);
  CHECK(partition.check(produced(7, 0, 4), {.origin = AppendOrigin::kCoordinator}) == ErrorCode::kNone);
}

TEST_CASE("Sequences wrap to 0 behind the largest number") {
  constexpr std::int32_t kLargest = std::numeric_limits<std::int32_t>::max();
  Partition partition;
  partition.apply(produced(7, 0, kLargest - 1, 2));
  CHECK(partition.check(produced(7, 0, 0)) == ErrorCode::kNone);
  CHECK(partition.check(produced(7, 0, 1)) == ErrorCode::kOutOfOrderSequenceNumber);
  partition.apply(produced(7, 0, kLargest, 3));
  CHECK(partition.check(produced(7, 0, 2)) == ErrorCode::kNone);
  const auto duplicate = partition.state.check(BatchView::parse(produced(7, 0, kLargest, 3)).value(), {});
  CHECK(duplicate.value()->base_offset() == 2);
}

TEST_CASE("An unknown producer may start anywhere unless told otherwise") {
  Partition partition;
  CHECK(partition.check(produced(7, 3, 100)) == ErrorCode::kNone);
  CHECK(partition.check(produced(7, 3, 100), {.unknown_starts_at_zero = true}) ==
        ErrorCode::kOutOfOrderSequenceNumber);
  CHECK(partition.check(produced(7, 3, 0), {.unknown_starts_at_zero = true}) == ErrorCode::kNone);
}

TEST_CASE("A new epoch starts at sequence 0 and fences the old one") {
  Partition partition;
  partition.apply(produced(7, 1, 0, 5));
  CHECK(partition.check(produced(7, 2, 5)) == ErrorCode::kOutOfOrderSequenceNumber);
  CHECK(partition.check(produced(7, 2, 0)) == ErrorCode::kNone);
  partition.apply(produced(7, 2, 0));
  CHECK(partition.check(produced(7, 1, 5)) == ErrorCode::kInvalidProducerEpoch);
  CHECK(partition.check(produced(7, 1, 0, 5)) == ErrorCode::kInvalidProducerEpoch);
  CHECK(partition.check(produced(7, 1, 5), {.origin = AppendOrigin::kReplication}) == ErrorCode::kNone);
}

TEST_CASE("The last five batches of a producer are recognized as duplicates") {
  Partition partition;
  for (int i = 0; i < 6; ++i)
    partition.apply(produced(7, 0, 2 * i, 2));
  for (int i = 1; i < 6; ++i) {
    const auto found = partition.state.check(BatchView::parse(produced(7, 0, 2 * i, 2)).value(), {});
    REQUIRE(found.has_value());
    REQUIRE(found->has_value());
    CHECK((*found)->base_offset() == 2 * i);
    CHECK((*found)->last_offset == 2 * i + 1);
    CHECK((*found)->timestamp_ms == 1001);
  }
  CHECK(partition.check(produced(7, 0, 0, 2)) == ErrorCode::kOutOfOrderSequenceNumber);
  CHECK(partition.check(produced(7, 0, 2, 3)) == ErrorCode::kOutOfOrderSequenceNumber);
}

TEST_CASE("Within a transaction a producer writes transactionally only") {
  Partition partition;
  partition.apply(produced(7, 0, 0, 1, true));
  CHECK(partition.check(produced(7, 0, 1, 1, false)) == ErrorCode::kInvalidTxnState);
  CHECK(partition.check(produced(7, 0, 1, 1, true)) == ErrorCode::kNone);
}

TEST_CASE("Markers complete transactions, and hold back the last stable offset until replicated") {
  Partition partition;
  partition.apply(produced(7, 0, 0, 2, true));
  partition.apply(produced(8, 0, 0, 2, true));
  CHECK(partition.state.first_unstable_offset() == 0);
  const auto completed = partition.apply(end_marker(7, 0, ControlType::kAbort));
  REQUIRE(completed.has_value());
  CHECK(completed->first_offset == 0);
  CHECK(completed->last_offset == 4);
  CHECK(completed->is_abort);
  CHECK(partition.state.last_stable_offset_after(*completed) == 2);
  partition.state.complete(*completed);
  CHECK(partition.state.first_unstable_offset() == 0);
  partition.state.forget_completed_below(4);
  CHECK(partition.state.first_unstable_offset() == 0);
  partition.state.forget_completed_below(5);
  CHECK(partition.state.first_unstable_offset() == 2);
  const auto last = partition.apply(end_marker(8, 0, ControlType::kCommit));
  CHECK_FALSE(last->is_abort);
  CHECK(partition.state.last_stable_offset_after(*last) == 6);
  CHECK_FALSE(partition.apply(end_marker(8, 0, ControlType::kCommit)).has_value());
}

TEST_CASE("Markers are fenced by producer epoch and coordinator epoch") {
  Partition partition;
  partition.apply(produced(7, 5, 0, 1, true));
  const ProducerRules first{.origin = AppendOrigin::kCoordinator, .transaction_version = 1};
  const ProducerRules second{.origin = AppendOrigin::kCoordinator, .transaction_version = 2};
  CHECK(partition.check(end_marker(7, 4, ControlType::kAbort), first) == ErrorCode::kInvalidProducerEpoch);
  CHECK(partition.check(end_marker(7, 5, ControlType::kAbort), first) == ErrorCode::kNone);
  CHECK(partition.check(end_marker(7, 5, ControlType::kAbort), second) == ErrorCode::kInvalidProducerEpoch);
  CHECK(partition.check(end_marker(7, 6, ControlType::kAbort), second) == ErrorCode::kNone);
  partition.state.complete(*partition.apply(end_marker(7, 6, ControlType::kAbort, 9)));
  CHECK(partition.check(end_marker(7, 6, ControlType::kAbort, 9), second) == ErrorCode::kNone);
  CHECK(partition.check(end_marker(7, 7, ControlType::kAbort, 8), second) ==
        ErrorCode::kTransactionCoordinatorFenced);
  CHECK(partition.check(end_marker(7, 7, ControlType::kAbort, 8), {.origin = AppendOrigin::kReplication}) ==
        ErrorCode::kNone);
}

TEST_CASE("Producers expire unless their transaction is open") {
  Partition partition;
  partition.apply(produced(7, 0, 0));
  partition.apply(produced(8, 0, 0, 1, true));
  partition.state.remove_expired(1000 + kDayMs - 1);
  CHECK(partition.state.size() == 2);
  partition.state.remove_expired(1000 + kDayMs);
  CHECK(partition.state.size() == 1);
  CHECK(partition.state.find(8) != nullptr);
}

TEST_CASE("A snapshot keeps of each producer the last batch and the open transaction") {
  Partition partition;
  partition.apply(produced(7, 3, 0, 2));
  partition.apply(produced(7, 3, 2, 4));
  partition.apply(produced(8, 0, 0, 1, true));
  const Bytes bytes = format_producer_snapshot(partition.state.entries());
  CHECK(bytes.size() == 10 + 2 * 46);
  ProducerState loaded(kDayMs);
  loaded.load(parse_producer_snapshot(bytes).value(), 7, 2000);
  CHECK(loaded.end_offset() == 7);
  CHECK(loaded.first_unstable_offset() == 6);
  REQUIRE(loaded.find(7) != nullptr);
  CHECK(loaded.find(7)->batches.size() == 1);
  CHECK(loaded.find(7)->batches.front() == partition.state.find(7)->batches.back());
  CHECK(loaded.find(7)->epoch == 3);
  CHECK(format_producer_snapshot(loaded.entries()) == bytes);
}

TEST_CASE("Damaged snapshots are refused") {
  Partition partition;
  partition.apply(produced(7, 3, 0, 2));
  const Bytes bytes = format_producer_snapshot(partition.state.entries());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    CAPTURE(i);
    Bytes damaged = bytes;
    damaged[i] ^= 1;
    CHECK(parse_producer_snapshot(damaged).error().code == ErrorCode::kCorruptMessage);
    CHECK_FALSE(parse_producer_snapshot(ByteView(bytes).first(i)).has_value());
  }
}

TEST_CASE("The newest readable snapshot is loaded, and unreadable ones are removed") {
  auto folder = std::make_shared<MemoryDirectory>();
  Partition partition;
  ProducerSnapshots snapshots(folder, {});
  partition.apply(produced(7, 0, 0, 2));
  REQUIRE(*snapshots.take(partition.state) != nullptr);
  CHECK(*snapshots.take(partition.state) == nullptr);
  partition.apply(produced(8, 0, 0, 2));
  REQUIRE(*snapshots.take(partition.state) != nullptr);
  folder->content("00000000000000000004.snapshot")[20] ^= 1;
  folder->put("00000000000000000009.snapshot", "");

  ProducerSnapshots found(folder, folder->list().value());
  CHECK(found.offsets().size() == 3);
  ProducerState state(kDayMs);
  REQUIRE(found.load_latest(state, 5, 0, 1000));
  CHECK(state.end_offset() == 2);
  CHECK(state.size() == 1);
  CHECK_FALSE(folder->files.contains("00000000000000000004.snapshot"));
  CHECK(folder->files.contains("00000000000000000009.snapshot"));
}

TEST_CASE("Of the snapshots at no segment's base only the newest behind all segments stays") {
  auto folder = std::make_shared<MemoryDirectory>();
  for (const auto* name : {"00000000000000000002.snapshot", "00000000000000000005.snapshot",
                           "00000000000000000007.snapshot", "00000000000000000009.snapshot", "x.snapshot"}) {
    folder->put(name, "");
  }
  ProducerSnapshots snapshots(folder, folder->list().value());
  REQUIRE(snapshots.remove_stray({0, 5}));
  CHECK(snapshots.offsets() == std::set<std::int64_t>{5, 9});
  CHECK(folder->files.size() == 3);
  REQUIRE(snapshots.remove_stray({0, 5, 20}));
  CHECK(snapshots.offsets() == std::set<std::int64_t>{5});
}

}  // namespace
}  // namespace moldau::log
