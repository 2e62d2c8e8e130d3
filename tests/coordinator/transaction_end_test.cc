// What belongs to a transaction, and how it ends.

#include <doctest/doctest.h>

#include "coordinator/txn/transaction_records.h"
#include "tests/coordinator/transaction_harness.h"

namespace moldau::coordinator {
namespace {

const TopicPartition kFirst{"t", 0};
const TopicPartition kSecond{"t", 1};

/// An id that has been brought to a state by a client of a version.
TransactionHarness in_state(TransactionState state, std::int16_t version) {
  TransactionHarness harness;
  harness.init("a");
  if (state == TransactionState::kEmpty) return harness;
  harness.add({"a", 4000, 0}, {kFirst}, version);
  if (state == TransactionState::kOngoing) return harness;
  const bool commit = state == TransactionState::kPrepareCommit || state == TransactionState::kCompleteCommit;
  harness.end({"a", 4000, 0}, commit, version);
  if (is_complete(state)) harness.finish("a");
  REQUIRE(harness.state("a").state == state);
  return harness;
}

TEST_CASE("partitions come into a transaction once, and only from its owner") {
  TransactionHarness harness;
  CHECK(harness.add({"", 4000, 0}, {kFirst}).error == ErrorCode::kInvalidRequest);
  CHECK(harness.add({"a", 4000, 0}, {kFirst}).error == ErrorCode::kInvalidProducerIdMapping);
  harness.init("a");
  CHECK(harness.add({"a", 4001, 0}, {kFirst}).error == ErrorCode::kInvalidProducerIdMapping);
  CHECK(harness.add({"a", 4000, 1}, {kFirst}).error == ErrorCode::kProducerFenced);
  harness.now_ms += 5;
  CHECK(harness.add({"a", 4000, 0}, {kFirst}).error == ErrorCode::kNone);
  CHECK(harness.state("a").start_ms == harness.now_ms);
  const std::size_t records = harness.log.size();
  CHECK(harness.add({"a", 4000, 0}, {kFirst}).error == ErrorCode::kNone);
  CHECK(harness.log.size() == records);
  harness.now_ms += 5;
  CHECK(harness.add({"a", 4000, 0}, {kFirst, kSecond}).error == ErrorCode::kNone);
  CHECK(harness.log.size() == records + 1);
  CHECK(harness.state("a").start_ms == harness.now_ms - 5);
  CHECK(harness.state("a").partitions == std::set<TopicPartition>{kFirst, kSecond});
  harness.check_replay();
}

TEST_CASE("a leader hears which partitions are part of the transaction") {
  TransactionHarness harness;
  const std::vector<TopicPartition> asked = {kFirst, kSecond};
  const auto verify = [&](const Owner& owner) { return harness.coordinator.verify_partitions(owner, asked); };
  using Outcomes = std::vector<ErrorCode>;
  CHECK(verify({"", 4000, 0}) == Outcomes(2, ErrorCode::kInvalidRequest));
  CHECK(verify({"a", 4000, 0}) == Outcomes(2, ErrorCode::kInvalidProducerIdMapping));
  harness.init("a");
  harness.add({"a", 4000, 0}, {kFirst});
  CHECK(verify({"a", 1, 0}) == Outcomes(2, ErrorCode::kInvalidProducerIdMapping));
  CHECK(verify({"a", 4000, 1}) == Outcomes(2, ErrorCode::kProducerFenced));
  CHECK(verify({"a", 4000, 0}) == Outcomes{ErrorCode::kNone, ErrorCode::kTransactionAbortable});
  harness.end({"a", 4000, 0}, true, 0);
  CHECK(verify({"a", 4000, 0}) == Outcomes(2, ErrorCode::kConcurrentTransactions));
  harness.finish("a");
  CHECK(verify({"a", 4000, 0}) == Outcomes(2, ErrorCode::kTransactionAbortable));
}

TEST_CASE("a client before version 2 ends its transaction in its epoch") {
  using State = TransactionState;
  struct Row {
    State state;
    ErrorCode on_commit;
    ErrorCode on_abort;
  };
  const Row rows[] = {
      {State::kEmpty, ErrorCode::kInvalidTxnState, ErrorCode::kInvalidTxnState},
      {State::kOngoing, ErrorCode::kNone, ErrorCode::kNone},
      {State::kPrepareCommit, ErrorCode::kConcurrentTransactions, ErrorCode::kConcurrentTransactions},
      {State::kPrepareAbort, ErrorCode::kConcurrentTransactions, ErrorCode::kConcurrentTransactions},
      {State::kCompleteCommit, ErrorCode::kNone, ErrorCode::kInvalidTxnState},
      {State::kCompleteAbort, ErrorCode::kInvalidTxnState, ErrorCode::kNone},
  };
  for (const Row& row : rows) {
    for (const bool commit : {true, false}) {
      CAPTURE(name_of(row.state));
      CAPTURE(commit);
      TransactionHarness harness = in_state(row.state, 0);
      const std::size_t records = harness.log.size();
      CHECK(harness.end({"a", 1, 0}, commit, 0).error == ErrorCode::kInvalidProducerIdMapping);
      CHECK(harness.end({"a", 4000, 1}, commit, 0).error == ErrorCode::kProducerFenced);
      const auto ended = harness.end({"a", 4000, 0}, commit, 0);
      CHECK(ended.error == (commit ? row.on_commit : row.on_abort));
      CHECK(ended.producer_id == kNoProducerId);
      CHECK(harness.log.size() == records + (row.state == State::kOngoing ? 1 : 0));
      CHECK(harness.state("a").producer_epoch == 0);
      harness.check_replay();
    }
  }
}

TEST_CASE("a client of version 2 gets an epoch for the next transaction with the end of each") {
  using State = TransactionState;
  struct Row {
    State state;
    ErrorCode on_commit;
    ErrorCode on_abort;
    ErrorCode on_commit_again;  ///< with the epoch before
    ErrorCode on_abort_again;
  };
  constexpr ErrorCode kFenced = ErrorCode::kProducerFenced;
  constexpr ErrorCode kState = ErrorCode::kInvalidTxnState;
  constexpr ErrorCode kBusy = ErrorCode::kConcurrentTransactions;
  constexpr ErrorCode kNone = ErrorCode::kNone;
  const Row rows[] = {
      {State::kEmpty, kState, kNone, kFenced, kFenced},
      {State::kOngoing, kNone, kNone, kFenced, kFenced},
      // The owner was told the next epoch before the markers are written, and may be that fast.
      {State::kPrepareCommit, kBusy, kBusy, kBusy, kBusy},
      {State::kPrepareAbort, kBusy, kBusy, kBusy, kBusy},
      {State::kCompleteCommit, kState, kNone, kNone, kState},
      {State::kCompleteAbort, kState, kNone, kState, kNone},
  };
  for (const Row& row : rows) {
    for (const bool commit : {true, false}) {
      CAPTURE(name_of(row.state));
      CAPTURE(commit);
      TransactionHarness again = in_state(row.state, 2);
      const std::int16_t epoch = again.state("a").producer_epoch;
      const std::size_t records = again.log.size();
      const auto repeated = again.end({"a", 4000, static_cast<std::int16_t>(epoch - 1)}, commit);
      CHECK(repeated.error == (commit ? row.on_commit_again : row.on_abort_again));
      if (repeated.error == kNone) CHECK(repeated.producer_epoch == epoch);
      CHECK(again.log.size() == records);

      TransactionHarness harness = in_state(row.state, 2);
      const auto ended = harness.end({"a", 4000, epoch}, commit);
      CHECK(ended.error == (commit ? row.on_commit : row.on_abort));
      if (ended.error == kNone) {
        CHECK(ended.producer_id == 4000);
        CHECK(ended.producer_epoch == epoch + 1);
        CHECK(is_preparing(harness.state("a").state));
        harness.finish("a");
        CHECK(harness.state("a").producer_epoch == epoch + 1);
      }
      harness.check_replay();
    }
  }
}

TEST_CASE("a transaction that ends with the last epoch goes on under a new producer id") {
  TransactionHarness harness;
  harness.init("a");
  std::int16_t epoch = 0;
  while (epoch < 32766)
    epoch = harness.init("a").producer_epoch;
  harness.add({"a", 4000, epoch}, {kFirst});
  const auto ended = harness.end({"a", 4000, epoch}, true);
  CHECK(ended.producer_id == 4001);
  CHECK(ended.producer_epoch == 0);
  CHECK(harness.coordinator.markers("a")->producer_id == 4000);
  CHECK(harness.coordinator.markers("a")->producer_epoch == 32767);
  // The owner knows its new id before the markers of the old one are written.
  CHECK(harness.add({"a", 4001, 0}, {kFirst}).error == ErrorCode::kConcurrentTransactions);
  CHECK(harness.end({"a", 4001, 0}, false).error == ErrorCode::kConcurrentTransactions);
  harness.finish("a");
  CHECK(harness.state("a").producer_id == 4001);
  const auto retried = harness.end({"a", 4000, epoch}, true);
  CHECK(retried.error == ErrorCode::kNone);
  CHECK(retried.producer_id == 4001);
  CHECK(harness.end({"a", 4000, epoch}, false).error == ErrorCode::kInvalidTxnState);
  CHECK(harness.add({"a", 4000, epoch}, {kFirst}).error == ErrorCode::kInvalidProducerIdMapping);
  CHECK(harness.add({"a", 4001, 0}, {kFirst}).error == ErrorCode::kNone);
  harness.check_replay();
}

TEST_CASE("a transaction is complete when the last marker is written") {
  TransactionHarness harness;
  harness.init("a");
  harness.add({"a", 4000, 0}, {kFirst, kSecond});
  CHECK_FALSE(harness.coordinator.markers("a").has_value());
  harness.end({"a", 4000, 0}, true);
  CHECK(harness.coordinator.markers("a") == TransactionMarkers{.producer_id = 4000,
                                                               .producer_epoch = 1,
                                                               .commit = true,
                                                               .transaction_version = 2,
                                                               .partitions = {kFirst, kSecond}});
  CHECK(harness.replayed().unfinished() == std::vector<std::string>{"a"});
  harness.coordinator.marker_written("a", kFirst);
  CHECK_FALSE(harness.coordinator.complete(harness.moment(), "a").record.has_value());
  CHECK(harness.coordinator.markers("a")->partitions == std::vector<TopicPartition>{kSecond});
  harness.finish("a");
  CHECK(harness.coordinator.unfinished().empty());
  CHECK(harness.state("a").state == TransactionState::kCompleteCommit);
  CHECK_FALSE(harness.coordinator.complete(harness.moment(), "a").record.has_value());
  harness.check_replay();
}

TEST_CASE("a transaction that is open for longer than its timeout is aborted") {
  TransactionHarness harness;
  harness.init("a", {.timeout_ms = 100});
  harness.init("idle", {.timeout_ms = 100});
  harness.add({"a", 4000, 0}, {kFirst});
  harness.now_ms += 100;
  CHECK(harness.coordinator.timed_out(harness.now_ms).empty());
  harness.now_ms += 1;
  REQUIRE(harness.coordinator.timed_out(harness.now_ms) == std::vector<std::string>{"a"});
  const auto abort = [&] {
    return harness.make(
        "a", [&](const TransactionMoment& at) { return harness.coordinator.abort_timed_out(at, "a"); });
  };
  CHECK(abort().record.has_value());
  CHECK(harness.coordinator.timed_out(harness.now_ms).empty());
  CHECK_FALSE(abort().record.has_value());
  harness.finish("a");
  CHECK(harness.state("a").state == TransactionState::kCompleteAbort);
  CHECK(harness.add({"a", 4000, 0}, {kFirst}).error == ErrorCode::kProducerFenced);
  harness.check_replay();
}

TEST_CASE("an id that nobody uses is forgotten, an open transaction never") {
  TransactionHarness harness(2, {.id_expiration_ms = 1000});
  harness.init("empty");
  harness.init("open");
  harness.init("ended");
  harness.add({"open", 4001, 0}, {kFirst});
  harness.add({"ended", 4002, 0}, {kFirst});
  harness.end({"ended", 4002, 0}, false);
  harness.finish("ended");
  harness.now_ms += 999;
  CHECK(harness.coordinator.expired(harness.now_ms).empty());
  harness.now_ms += 1;
  REQUIRE(harness.coordinator.expired(harness.now_ms) == std::vector<std::string>{"empty", "ended"});
  CHECK_FALSE(harness.coordinator.forget(harness.now_ms, "open").has_value());
  for (const std::string& id : harness.coordinator.expired(harness.now_ms)) {
    auto tombstone = harness.coordinator.forget(harness.now_ms, id);
    REQUIRE(tombstone.has_value());
    CHECK_FALSE(tombstone->value.has_value());
    CHECK(harness.init(id).error == ErrorCode::kConcurrentTransactions);
    harness.log.push_back(*std::move(tombstone));
    harness.coordinator.committed(id);
    CHECK(harness.coordinator.find(id) == nullptr);
  }
  harness.check_replay();
}

TEST_CASE("transactions are shown by producer, state, age and name") {
  TransactionHarness harness;
  harness.init("a");
  harness.init("b");
  harness.add({"b", 4001, 0}, {kFirst});
  harness.now_ms += 50;
  const auto shown = [&](const TransactionFilter& filter) {
    std::string ids;
    harness.coordinator.visit(filter, harness.now_ms,
                              [&ids](std::string_view id, const Transaction&) { ids += id; });
    return ids;
  };
  CHECK(shown({}) == "ab");
  CHECK(shown({.producer_ids = {4001, 7}}) == "b");
  CHECK(shown({.by_state = true, .states = {TransactionState::kEmpty}}) == "a");
  CHECK(shown({.by_state = true}).empty());
  CHECK(shown({.min_duration_ms = 49, .id_matches = [](std::string_view id) { return id == "b"; }}) == "b");
  CHECK(shown({.min_duration_ms = 50, .id_matches = [](std::string_view id) { return id == "b"; }}).empty());
}

TEST_CASE("records of kinds that are not known are skipped, damaged ones refused") {
  TransactionHarness harness;
  harness.init("a");
  Record record = harness.log.front();
  Record newer = record;
  (*newer.value)[1] = 2;
  CHECK(harness.coordinator.replay(newer.key, ByteView(*newer.value)).has_value());
  Record other = record;
  other.key[1] = 9;
  CHECK(harness.coordinator.replay(other.key, std::nullopt).has_value());
  const ByteView cut = ByteView(*record.value).first(record.value->size() - 3);
  CHECK(harness.coordinator.replay(record.key, cut).error().code == ErrorCode::kCorruptMessage);
  CHECK(harness.coordinator.replay({}, cut).error().code == ErrorCode::kCorruptMessage);
}

TEST_CASE("what a record of version 0 cannot say is not begun, and what was begun before ends") {
  TransactionHarness harness;
  harness.init("a");
  harness.add({"a", 4000, 0}, {kFirst});
  harness.end({"a", 4000, 0}, true);
  harness.level = 0;
  harness.finish("a");
  CHECK(harness.state("a").state == TransactionState::kCompleteCommit);
  harness.check_replay();
  const std::size_t records = harness.log.size();
  CHECK(harness.add({"a", 4000, 1}, {kFirst}).error == ErrorCode::kUnsupportedVersion);
  const auto ended = harness.end({"a", 4000, 1}, false);
  CHECK(ended.error == ErrorCode::kUnsupportedVersion);
  CHECK(ended.producer_id == kNoProducerId);
  CHECK(harness.log.size() == records);
  CHECK(harness.add({"a", 4000, 1}, {kFirst}, 0).error == ErrorCode::kNone);
}

TEST_CASE("before transaction.version 1 a record has no ids of other steps") {
  TransactionHarness harness(0);
  harness.init("a");
  CHECK(harness.log.front().value->at(1) == 0);
  const TransactionCoordinator read = harness.replayed();
  REQUIRE(read.find("a") != nullptr);
  CHECK(read.find("a")->producer_id == 4000);
  CHECK(read.find("a")->previous_producer_id == kNoProducerId);
}

}  // namespace
}  // namespace moldau::coordinator
