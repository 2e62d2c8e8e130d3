#include "coordinator/txn/transaction.h"

#include <utility>

namespace moldau::coordinator {
namespace {

constexpr std::int16_t kLargestEpoch = std::numeric_limits<std::int16_t>::max();

std::int16_t raised(std::int16_t epoch) {
  return epoch == kLargestEpoch ? epoch : static_cast<std::int16_t>(epoch + 1);
}

}  // namespace

Transaction Transaction::next(TransactionState next_state, TimestampMs now_ms) const {
  Transaction after = *this;
  after.previous_producer_id = producer_id;
  after.state = next_state;
  after.last_update_ms = now_ms;
  return after;
}

Result<Transaction> Transaction::with_next_epoch(std::optional<std::int16_t> expected,
                                                 std::int32_t new_timeout_ms, TimestampMs now_ms) const {
  Transaction after = next(TransactionState::kEmpty, now_ms);
  if (!expected) {
    after.producer_epoch = raised(producer_epoch);
    after.last_producer_epoch = kNoProducerEpoch;
  } else if (producer_epoch == kNoProducerEpoch || *expected == producer_epoch) {
    after.producer_epoch = raised(producer_epoch);
    after.last_producer_epoch = producer_epoch;
  } else if (*expected != last_producer_epoch) {
    return fail(ErrorCode::kProducerFenced, "the producer's epoch is neither the current nor the last one");
  }
  after.timeout_ms = new_timeout_ms;
  after.partitions.clear();
  after.start_ms = -1;
  return after;
}

Transaction Transaction::with_new_producer_id(std::int64_t id, bool owner_knows_epoch,
                                              std::int32_t new_timeout_ms, TimestampMs now_ms) const {
  Transaction after = next(TransactionState::kEmpty, now_ms);
  after.producer_id = id;
  after.producer_epoch = 0;
  after.last_producer_epoch = owner_knows_epoch ? producer_epoch : kNoProducerEpoch;
  after.timeout_ms = new_timeout_ms;
  after.partitions.clear();
  after.start_ms = -1;
  return after;
}

Transaction Transaction::with_partitions(const std::set<TopicPartition>& added, std::int16_t version,
                                         TimestampMs now_ms) const {
  Transaction after = next(TransactionState::kOngoing, now_ms);
  if (state != TransactionState::kOngoing) after.start_ms = now_ms;
  after.partitions.insert(added.begin(), added.end());
  after.client_version = version;
  return after;
}

Transaction Transaction::prepared(bool commit, std::int16_t version, std::int64_t next_id,
                                  TimestampMs now_ms) const {
  Transaction after =
      next(commit ? TransactionState::kPrepareCommit : TransactionState::kPrepareAbort, now_ms);
  if (version >= kEpochPerTransaction) {
    after.producer_epoch = raised(producer_epoch);
    after.last_producer_epoch = producer_epoch;
  }
  // An abort by a client that does not know if anything was begun: when it began cannot be known.
  if (state != TransactionState::kOngoing) after.start_ms = now_ms;
  after.next_producer_id = next_id;
  after.client_version = version;
  return after;
}

Transaction Transaction::completed(TimestampMs now_ms) const {
  const bool commit = state == TransactionState::kPrepareCommit;
  Transaction after =
      next(commit ? TransactionState::kCompleteCommit : TransactionState::kCompleteAbort, now_ms);
  if (client_version >= kEpochPerTransaction && next_producer_id != kNoProducerId) {
    after.producer_id = next_producer_id;
    after.producer_epoch = 0;
  }
  after.next_producer_id = kNoProducerId;
  after.partitions.clear();
  return after;
}

Transaction Transaction::with_fenced_epoch() const {
  Transaction after = *this;
  after.producer_epoch = raised(producer_epoch);
  after.last_producer_epoch = kNoProducerEpoch;
  return after;
}

}  // namespace moldau::coordinator
