// What judges the logs of transactions complains of steps and batches that no broker may write.

#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include "log/end_txn_marker.h"
#include "protocol/records/builder.h"
#include "tests/sim/producer_order.h"
#include "tests/sim/transaction_steps.h"

namespace moldau::sim {
namespace {

using coordinator::Transaction;
using State = coordinator::TransactionState;

constexpr std::int64_t kProducer = 7;

Transaction in(State state, std::int16_t epoch = 0, std::int64_t producer_id = kProducer) {
  Transaction transaction{
      .producer_id = producer_id, .producer_epoch = epoch, .state = state, .client_version = 2};
  if (state == State::kOngoing || is_preparing(state)) transaction.partitions = {{"t", 0}};
  return transaction;
}

/// Several steps of one id, each of which is right but the last, of which it gives what is said.
std::string judged(const std::vector<Transaction>& steps, TransactionSteps& judge) {
  for (std::size_t i = 0; i + 1 < steps.size(); ++i)
    REQUIRE(judge.next({.transactional_id = "a", .value = steps[i]}) == "");
  return judge.next({.transactional_id = "a", .value = steps.back()});
}

std::string judged(const std::vector<Transaction>& steps) {
  TransactionSteps judge;
  return judged(steps, judge);
}

TEST_CASE("A transaction goes on from its state as KIP-98 and KIP-890 let it") {
  const auto empty = in(State::kEmpty);
  const auto open = in(State::kOngoing);
  const auto commit = in(State::kPrepareCommit, 1);
  const auto abort = in(State::kPrepareAbort, 1);
  const auto committed = in(State::kCompleteCommit, 1);
  auto nothing_to_abort = in(State::kPrepareAbort, 1);
  nothing_to_abort.partitions.clear();
  CHECK(judged({empty, open, open, commit, committed, in(State::kOngoing, 1)}) == "");
  CHECK(judged({empty, open, abort, in(State::kCompleteAbort, 1), in(State::kEmpty, 2)}) == "");
  CHECK(judged({empty, nothing_to_abort, in(State::kCompleteAbort, 1)}) == "");
  CHECK(judged({open}) == "a goes from nothing to Ongoing");
  CHECK(judged({empty, commit}) == "a goes from Empty to PrepareCommit");
  CHECK(judged({empty, open, committed}) == "a goes from Ongoing to CompleteCommit");
  CHECK(judged({empty, open, abort, committed}) == "a goes from PrepareAbort to CompleteCommit");
  CHECK(judged({empty, open, commit, in(State::kOngoing, 1)}) == "a goes from PrepareCommit to Ongoing");
  CHECK(judged({empty, open, in(State::kEmpty, 1)}) == "a goes from Ongoing to Empty");
  auto old_abort = nothing_to_abort;
  old_abort.client_version = 0;
  CHECK(judged({empty, old_abort}) == "a goes from Empty to PrepareAbort");
}

TEST_CASE("A transactional id is forgotten when nothing of it is open") {
  TransactionSteps judge;
  CHECK(judged({in(State::kEmpty)}, judge) == "");
  CHECK(judge.next({.transactional_id = "a", .value = std::nullopt}) == "");
  TransactionSteps open;
  CHECK(judged({in(State::kEmpty), in(State::kOngoing)}, open) == "");
  CHECK(open.next({.transactional_id = "a", .value = std::nullopt}) == "a is forgotten in Ongoing");
}

TEST_CASE("Partitions are added while a transaction is open, and stay to its end") {
  auto two = in(State::kOngoing);
  two.partitions.insert({"t", 1});
  auto commit_two = in(State::kPrepareCommit, 1);
  commit_two.partitions = two.partitions;
  CHECK(judged({in(State::kEmpty), in(State::kOngoing), two, commit_two}) == "");
  CHECK(judged({in(State::kEmpty), two, in(State::kOngoing)}) == "a has other partitions in Ongoing");
  CHECK(judged({in(State::kEmpty), two, in(State::kPrepareCommit, 1)}) ==
        "a has other partitions in PrepareCommit");
  auto left = in(State::kCompleteCommit, 1);
  left.partitions = {{"t", 0}};
  CHECK(judged({in(State::kEmpty), in(State::kOngoing), in(State::kPrepareCommit, 1), left}) ==
        "a has other partitions in CompleteCommit");
}

TEST_CASE("Epochs rise by one, and producer ids are used once") {
  CHECK(judged({in(State::kEmpty), in(State::kEmpty, 1)}) == "");
  CHECK(judged({in(State::kEmpty), in(State::kEmpty, 2)}) == "a goes from epoch 0 to 2 in Empty");
  CHECK(judged({in(State::kEmpty), in(State::kOngoing, 1)}) == "a goes from epoch 0 to 1 in Ongoing");
  CHECK(judged({in(State::kEmpty), in(State::kOngoing), in(State::kPrepareCommit, 0)}) ==
        "a goes from epoch 0 to 0 in PrepareCommit");
  CHECK(judged({in(State::kEmpty), in(State::kEmpty, 0, 8)}) == "");
  CHECK(judged({in(State::kEmpty), in(State::kEmpty, 1, 8)}) == "a begins with epoch 1 of its producer id");
  CHECK(judged({in(State::kEmpty), in(State::kEmpty, 0, 8), in(State::kEmpty, 1)}) ==
        "a has producer id 7, which was used before");
  auto last = in(State::kPrepareCommit, 1);
  last.next_producer_id = 8;
  CHECK(judged({in(State::kEmpty), in(State::kOngoing), last, in(State::kCompleteCommit, 0, 8)}) == "");
  CHECK(judged({in(State::kEmpty), in(State::kOngoing), last, in(State::kCompleteCommit, 0, 9)}) ==
        "a changes its producer id in CompleteCommit");
  TransactionSteps judge;
  CHECK(judged({in(State::kEmpty)}, judge) == "");
  CHECK(judge.next({.transactional_id = "b", .value = in(State::kEmpty)}) ==
        "b has producer id 7, which was used before");
}

TEST_CASE("A coordinator knows the last step of its log, or the one before") {
  TransactionSteps judge;
  const auto empty = in(State::kEmpty);
  CHECK(judged({empty}, judge) == "");
  CHECK(judge.judge_live("a", nullptr) == "");
  CHECK(judged({in(State::kOngoing), in(State::kPrepareCommit, 1)}, judge) == "");
  auto live = in(State::kPrepareCommit, 1);
  CHECK(judge.judge_live("a", &live) == "");
  live.partitions.clear();
  CHECK(judge.judge_live("a", &live) == "");
  live.partitions = {{"t", 1}};
  CHECK(judge.judge_live("a", &live) == "a is in PrepareCommit, its log has PrepareCommit");
  CHECK(judge.judge_live("a", &empty) == "a is in Empty, its log has PrepareCommit");
  CHECK(judge.judge_live("a", nullptr) == "a is in nothing, its log has PrepareCommit");
  CHECK(judge.judge_live("b", &empty) == "b is in Empty, its log has nothing");
  const auto new_id = in(State::kEmpty, coordinator::kNoProducerEpoch);
  CHECK(judge.judge_live("b", &new_id) == "");
}

struct Batch {
  std::int64_t offset = 0;
  std::int16_t epoch = 0;
  std::int32_t sequence = 0;
  bool is_marker = false;
  bool is_transactional = true;
};

Buffer built(const Batch& batch) {
  if (batch.is_marker) {
    auto marker = log::build_transaction_marker({.producer_id = kProducer,
                                                 .producer_epoch = batch.epoch,
                                                 .coordinator_epoch = 0,
                                                 .is_commit = true,
                                                 .transaction_version = 2},
                                                0);
    REQUIRE(marker);
    return *std::move(marker);
  }
  records::BatchBuilder builder({.base_offset = batch.offset,
                                 .producer_id = kProducer,
                                 .producer_epoch = batch.epoch,
                                 .base_sequence = batch.sequence,
                                 .is_transactional = batch.is_transactional});
  builder.append({.timestamp_ms = 0, .value = as_bytes("one")});
  builder.append({.timestamp_ms = 0, .value = as_bytes("two")});
  return std::move(builder).build();
}

/// What is said of the last of them, those before it are right.
std::string judged(const std::vector<Batch>& batches, ProducerOrder& judge) {
  std::string said;
  for (const Batch& batch : batches) {
    REQUIRE(said == "");
    const Buffer bytes = built(batch);
    const auto view = records::BatchView::parse(bytes.bytes());
    REQUIRE(view);
    said = judge.next(*view);
  }
  return said;
}

std::string judged(const std::vector<Batch>& batches) {
  ProducerOrder judge;
  return judged(batches, judge);
}

TEST_CASE("A producer's batches follow one another in epochs and in sequence numbers") {
  const Batch first{.offset = 0};
  const Batch second{.offset = 2, .sequence = 2};
  const Batch marker{.offset = 4, .epoch = 1, .is_marker = true};
  CHECK(judged({first, second, marker, {.offset = 5, .epoch = 1}}) == "");
  CHECK(judged({first, {.epoch = 0, .is_marker = true}, second}) == "");
  CHECK(judged({first, first}) == "at 0, producer 7: sequence 0 in place of 2");
  CHECK(judged({first, {.offset = 2, .sequence = 3}}) == "at 2, producer 7: sequence 3 in place of 2");
  CHECK(judged({first, {.offset = 2, .epoch = 1, .sequence = 2}}) ==
        "at 2, producer 7: sequence 2 in place of 0");
  CHECK(judged({first, marker, second}) == "at 2, producer 7: epoch 0 behind 1");
  CHECK(judged({{.is_transactional = false}}) == "at 0, producer 7: it is in no transaction");
}

TEST_CASE("A transaction is open from its first batch to its marker") {
  ProducerOrder judge;
  CHECK_FALSE(judge.first_open().has_value());
  CHECK(judged({{.offset = 3}, {.offset = 5, .sequence = 2}}, judge) == "");
  CHECK(judge.first_open() == 3);
  CHECK(judged({{.epoch = 1, .is_marker = true}}, judge) == "");
  CHECK_FALSE(judge.first_open().has_value());
}

}  // namespace
}  // namespace moldau::sim
