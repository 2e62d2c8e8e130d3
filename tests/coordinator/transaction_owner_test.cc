// InitProducerId: who owns a transactional id, and with which epoch.

#include <doctest/doctest.h>

#include "tests/coordinator/transaction_harness.h"

namespace moldau::coordinator {
namespace {

constexpr std::int16_t kExhausted = 32766;

/// An id whose owner has the last epoch that clients get.
void exhaust(TransactionHarness& harness, std::string_view id) {
  harness.init(id);
  while (harness.state(id).producer_epoch < kExhausted)
    harness.init(id);
}

TEST_CASE("a new transactional id gets a producer id and epoch 0, and each further call the next epoch") {
  TransactionHarness harness;
  const auto first = harness.init("a");
  CHECK(first.error == ErrorCode::kNone);
  CHECK(first.producer_id == 4000);
  CHECK(first.producer_epoch == 0);
  const auto again = harness.init("a");
  CHECK(again.producer_id == 4000);
  CHECK(again.producer_epoch == 1);
  CHECK(harness.init("b").producer_id == 4001);
  CHECK(harness.state("a").state == TransactionState::kEmpty);
  harness.check_replay();
}

TEST_CASE("InitProducerId refuses what cannot be") {
  TransactionHarness harness(2, {.max_timeout_ms = 1000});
  CHECK(harness.init("").error == ErrorCode::kInvalidRequest);
  CHECK(harness.init("a", {.timeout_ms = 0}).error == ErrorCode::kInvalidTransactionTimeout);
  CHECK(harness.init("a", {.timeout_ms = -1}).error == ErrorCode::kInvalidTransactionTimeout);
  CHECK(harness.init("a", {.timeout_ms = 1001}).error == ErrorCode::kInvalidTransactionTimeout);
  CHECK(harness.init("a", {.timeout_ms = 1, .enable2_pc = true}).error ==
        ErrorCode::kTransactionalIdAuthorizationFailed);
  CHECK(harness.init("a", {.timeout_ms = 1, .keep_prepared = true}).error == ErrorCode::kUnsupportedVersion);
  CHECK(harness.log.empty());
  CHECK(harness.init("a", {.timeout_ms = 1000}).error == ErrorCode::kNone);
}

TEST_CASE("where two-phase commits are allowed their transactions have no timeout") {
  TransactionHarness harness(2, {.max_timeout_ms = 1000, .two_phase_commit_enabled = true});
  CHECK(harness.init("a", {.timeout_ms = 5000, .enable2_pc = true}).error == ErrorCode::kNone);
  CHECK(harness.state("a").timeout_ms == kNoTransactionTimeout);
  harness.add({"a", 4000, 0}, {{"t", 0}});
  harness.now_ms += std::int64_t{1} << 40;
  CHECK(harness.coordinator.timed_out(harness.now_ms).empty());
}

TEST_CASE("an owner that names its id and epoch raises it once, however often it asks") {
  TransactionHarness harness;
  harness.init("a");
  const auto raised = harness.init("a", {.producer_id = 4000, .producer_epoch = 0});
  CHECK(raised.producer_epoch == 1);
  const auto retried = harness.init("a", {.producer_id = 4000, .producer_epoch = 0});
  CHECK(retried.error == ErrorCode::kNone);
  CHECK(retried.producer_epoch == 1);
  // Another producer has come: the retry's owner is fenced.
  harness.init("a");
  CHECK(harness.init("a", {.producer_id = 4000, .producer_epoch = 0}).error == ErrorCode::kProducerFenced);
  CHECK(harness.init("a", {.producer_id = 4000, .producer_epoch = 1}).error == ErrorCode::kProducerFenced);
  CHECK(harness.init("a", {.producer_id = 7, .producer_epoch = 2}).error == ErrorCode::kProducerFenced);
}

TEST_CASE("when epochs run out a new producer id is given, and its first owner may ask again") {
  TransactionHarness harness;
  exhaust(harness, "a");
  const auto rotated = harness.init("a", {.producer_id = 4000, .producer_epoch = kExhausted});
  CHECK(rotated.error == ErrorCode::kNone);
  CHECK(rotated.producer_id == 4001);
  CHECK(rotated.producer_epoch == 0);
  const auto retried = harness.init("a", {.producer_id = 4000, .producer_epoch = kExhausted});
  CHECK(retried.producer_id == 4001);
  CHECK(retried.producer_epoch == 0);
  harness.check_replay();
}

TEST_CASE("while a step of an id is not committed nobody else takes one") {
  TransactionHarness harness;
  harness.holds = true;
  harness.init("a");
  CHECK(harness.init("a").error == ErrorCode::kConcurrentTransactions);
  CHECK(harness.add({"a", 4000, 0}, {{"t", 0}}).error == ErrorCode::kConcurrentTransactions);
  CHECK(harness.end({"a", 4000, 0}, true).error == ErrorCode::kConcurrentTransactions);
  CHECK(harness.log.size() == 1);
  harness.coordinator.committed("a");
  CHECK(harness.add({"a", 4000, 0}, {{"t", 0}}).error == ErrorCode::kNone);
}

TEST_CASE("a step whose record is not written has not been taken") {
  TransactionHarness harness;
  harness.holds = true;
  harness.init("a");
  harness.coordinator.failed("a");
  CHECK(harness.coordinator.find("a") == nullptr);
  harness.holds = false;
  harness.init("a");
  harness.holds = true;
  harness.add({"a", 4001, 0}, {{"t", 0}});
  harness.coordinator.failed("a");
  CHECK(harness.state("a").state == TransactionState::kEmpty);
  CHECK(harness.state("a").partitions.empty());
}

TEST_CASE("the next owner of an id aborts what the one before left open, and waits for that") {
  constexpr std::int16_t kLevels[] = {0, 1, 2};
  for (const std::int16_t level : kLevels) {
    CAPTURE(level);
    TransactionHarness harness(level);
    const std::int16_t client = level == 2 ? 2 : 0;
    harness.init("a");
    harness.add({"a", 4000, 0}, {{"t", 0}}, client);
    const auto second = harness.init("a");
    CHECK(second.error == ErrorCode::kConcurrentTransactions);
    CHECK(second.producer_id == kNoProducerId);
    CHECK(harness.state("a").state == TransactionState::kPrepareAbort);
    CHECK(harness.state("a").producer_epoch == 1);
    CHECK(harness.init("a").error == ErrorCode::kConcurrentTransactions);
    harness.finish("a");
    CHECK(harness.end({"a", 4000, 0}, true, 0).error == ErrorCode::kProducerFenced);
    const auto third = harness.init("a");
    CHECK(third.error == ErrorCode::kNone);
    CHECK(third.producer_epoch == 2);
    harness.check_replay();
  }
}

TEST_CASE("an owner with the last epoch is fenced by the one epoch that no client has") {
  TransactionHarness old(1);
  exhaust(old, "a");
  old.add({"a", 4000, kExhausted}, {{"t", 0}}, 0);
  CHECK(old.init("a").error == ErrorCode::kConcurrentTransactions);
  CHECK(old.coordinator.markers("a")->producer_epoch == kExhausted + 1);
  old.finish("a");
  CHECK(old.init("a").producer_id == 4001);

  TransactionHarness now(2);
  exhaust(now, "a");
  now.add({"a", 4000, kExhausted}, {{"t", 0}});
  CHECK(now.init("a").error == ErrorCode::kConcurrentTransactions);
  CHECK(now.coordinator.markers("a")->producer_id == 4000);
  CHECK(now.coordinator.markers("a")->producer_epoch == kExhausted + 1);
  now.finish("a");
  CHECK(now.state("a").producer_id == 4001);
  CHECK(now.state("a").producer_epoch == 0);
  now.check_replay();
}

}  // namespace
}  // namespace moldau::coordinator
