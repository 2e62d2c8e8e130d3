#include "log/transaction_verification.h"

#include <optional>

#include <doctest/doctest.h>

#include "logs.h"

namespace moldau::log {
namespace {

using namespace testing;
using records::BatchView;
using records::ControlType;

constexpr std::int64_t kDayMs = 86400000;
constexpr std::optional<VerificationGuard> kNoGuard;

/// A partition that looks after both: what its log knows of producers, and what is being asked.
class Partition {
 public:
  Result<std::optional<VerificationGuard>> begin(std::int16_t epoch, std::int32_t sequence = 0,
                                                 bool supports_epoch_bump = false, TimestampMs now_ms = 0) {
    return verification.begin(producers, {7, epoch, sequence, supports_epoch_bump}, now_ms);
  }

  /// NONE if it was appended.
  ErrorCode append(const Bytes& bytes, std::optional<VerificationGuard> guard = {},
                   AppendOrigin origin = AppendOrigin::kClient) {
    const BatchView batch = BatchView::parse(bytes).value();
    const auto checked = producers.check(batch, verification.rules_for(batch, origin, guard));
    if (!checked) return checked.error().code;
    if (*checked) return ErrorCode::kDuplicateSequenceNumber;
    write(bytes);
    return ErrorCode::kNone;
  }

  /// A marker is the coordinator's, and needs no guard.
  void write(Bytes bytes) {
    auto batch = records::MutableBatch::parse(bytes).value();
    batch.set_base_offset(next_offset);
    next_offset = batch.view().next_offset();
    const auto completed = producers.apply(batch.view()).value();
    if (completed) producers.complete(*completed);
    verification.appended(batch.view());
  }

  ProducerState producers{kDayMs};
  TransactionVerification verification;
  std::int64_t next_offset = 0;
};

TEST_CASE("A transaction begins in a partition with a guard, and goes on without") {
  Partition partition;
  CHECK(partition.append(produced(7, 0, 0, 1, true)) == ErrorCode::kInvalidTxnState);
  const auto guard = partition.begin(0).value();
  REQUIRE(guard);
  CHECK(partition.append(produced(7, 0, 0, 1, true)) == ErrorCode::kInvalidTxnState);
  CHECK(partition.append(produced(7, 0, 0, 1, true), VerificationGuard{guard->id + 1}) ==
        ErrorCode::kInvalidTxnState);
  CHECK(partition.append(produced(7, 0, 0, 1, true), guard) == ErrorCode::kNone);
  CHECK(partition.begin(0, 1).value() == kNoGuard);
  CHECK(partition.append(produced(7, 0, 1, 1, true)) == ErrorCode::kNone);
  CHECK(partition.verification.size() == 0);
}

TEST_CASE("The answer of one question does for all batches that asked meanwhile") {
  Partition partition;
  const auto first = partition.begin(0, 0).value();
  CHECK(partition.begin(0, 1).value() == first);
  CHECK(partition.begin(0, 2).value() == first);
}

TEST_CASE("A marker in between makes a guard worthless") {
  Partition partition;
  const auto guard = partition.begin(0).value();
  partition.write(end_marker(7, 0, ControlType::kAbort));
  CHECK(partition.append(produced(7, 0, 0, 1, true), guard) == ErrorCode::kInvalidTxnState);
  const auto next = partition.begin(0).value();
  REQUIRE(next);
  CHECK(next != guard);
  CHECK(partition.append(produced(7, 0, 0, 1, true), guard) == ErrorCode::kInvalidTxnState);
  CHECK(partition.append(produced(7, 0, 0, 1, true), next) == ErrorCode::kNone);
}

TEST_CASE("The marker of the transaction before leaves the guard of the next one alone, in version 2") {
  Partition partition;
  const auto guard = partition.begin(1, 0, true).value();
  partition.write(end_marker(7, 1, ControlType::kCommit));
  CHECK(partition.append(produced(7, 1, 0, 1, true), guard) == ErrorCode::kNone);

  Partition other;
  const auto stale = other.begin(1, 0, true).value();
  other.write(end_marker(7, 2, ControlType::kAbort));
  CHECK(other.append(produced(7, 2, 0, 1, true), stale) == ErrorCode::kInvalidTxnState);
}

TEST_CASE("An older epoch has nothing to ask, and an open transaction is that of its epoch") {
  Partition partition;
  partition.write(produced(7, 3, 0, 1, true));
  CHECK(partition.begin(2).error().code == ErrorCode::kInvalidProducerEpoch);
  CHECK(partition.append(produced(7, 2, 0, 1, true)) == ErrorCode::kInvalidProducerEpoch);
  CHECK(partition.begin(3).value() == kNoGuard);
  CHECK(partition.begin(4).value() != kNoGuard);
  CHECK(partition.append(produced(7, 4, 0, 1, true)) == ErrorCode::kInvalidTxnState);
}

TEST_CASE("A batch behind one that asked, too, waits for it") {
  Partition partition;
  partition.begin(0, 5).value();
  const auto guard = partition.begin(0, 2).value();
  partition.begin(0, 8).value();
  CHECK(partition.append(produced(7, 0, 5, 1, true), guard) == ErrorCode::kOutOfOrderSequenceNumber);
  CHECK(partition.append(produced(7, 0, 2, 3, true), guard) == ErrorCode::kNone);
  CHECK(partition.append(produced(7, 0, 5, 1, true)) == ErrorCode::kNone);
}

TEST_CASE("A later epoch begins its sequences anew, an earlier one changes nothing") {
  Partition partition;
  partition.begin(1, 2).value();
  const auto guard = partition.begin(2, 4).value();
  partition.begin(1, 0).value();
  CHECK(partition.append(produced(7, 2, 5, 1, true), guard) == ErrorCode::kOutOfOrderSequenceNumber);
  CHECK(partition.append(produced(7, 2, 4, 1, true), guard) == ErrorCode::kNone);
}

TEST_CASE("In version 2 an unknown producer begins with 0") {
  Partition partition;
  const auto guard = partition.begin(0, 3, true).value();
  CHECK(partition.append(produced(7, 0, 3, 1, true), guard) == ErrorCode::kOutOfOrderSequenceNumber);
  Partition earlier;
  const auto other = earlier.begin(0, 3, false).value();
  CHECK(earlier.append(produced(7, 0, 3, 1, true), other) == ErrorCode::kNone);
}

TEST_CASE("Coordinators need a guard, too, but have no sequences; retries and markers need none") {
  Partition partition;
  const auto guard = partition.begin(0, -1).value();
  CHECK(partition.append(produced(7, 0, 0, 1, true), {}, AppendOrigin::kCoordinator) ==
        ErrorCode::kInvalidTxnState);
  CHECK(partition.append(produced(7, 0, 0, 1, true), guard, AppendOrigin::kCoordinator) == ErrorCode::kNone);
  CHECK(partition.append(end_marker(7, 0, ControlType::kCommit), {}, AppendOrigin::kCoordinator) ==
        ErrorCode::kNone);
  CHECK(partition.append(produced(7, 0, 0, 1, true)) == ErrorCode::kDuplicateSequenceNumber);
}

TEST_CASE("Other producers, and batches outside of transactions, have no part in it") {
  Partition partition;
  const auto guard = partition.begin(0).value();
  CHECK(partition.append(produced(8, 0, 9)) == ErrorCode::kNone);
  CHECK(partition.append(produced(8, 0, 10, 1, true), guard) == ErrorCode::kInvalidTxnState);
  CHECK(partition.append(produced(7, 0, 0)) == ErrorCode::kNone);
  CHECK(partition.append(produced(7, 0, 1, 1, true), guard) == ErrorCode::kOutOfOrderSequenceNumber);
}

TEST_CASE("A question that nobody answered is forgotten") {
  Partition partition;
  const auto guard = partition.begin(0, 0, false, 1000).value();
  partition.begin(0, 1, false, 5000).value();
  partition.verification.remove_expired(1000 + kDayMs - 1, kDayMs);
  CHECK(partition.verification.size() == 1);
  partition.verification.remove_expired(1000 + kDayMs, kDayMs);
  CHECK(partition.verification.size() == 0);
  CHECK(partition.append(produced(7, 0, 0, 1, true), guard) == ErrorCode::kInvalidTxnState);
}

}  // namespace
}  // namespace moldau::log
