// How a transaction ends: by its owner, by time, or by the next owner of its id.

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "coordinator/txn/transaction_coordinator.h"
#include "coordinator/txn/transaction_records.h"

namespace moldau::coordinator {

TransactionDecision TransactionCoordinator::end(const TransactionMoment& at, const Owner& owner, bool commit,
                                                std::int16_t version) {
  if (owner.transactional_id.empty()) return refuse(ErrorCode::kInvalidRequest);
  Entry* known = entry(owner.transactional_id);
  if (known == nullptr) return refuse(ErrorCode::kInvalidProducerIdMapping);
  return version < kEpochPerTransaction ? end_in_same_epoch(at, owner, commit, *known)
                                        : end_with_epoch(at, owner, commit, *known);
}

TransactionDecision TransactionCoordinator::end_in_same_epoch(const TransactionMoment& at, const Owner& owner,
                                                              bool commit, Entry& entry) {
  const Transaction& current = entry.current;
  if (current.producer_id != owner.producer_id) return refuse(ErrorCode::kInvalidProducerIdMapping);
  if (current.producer_epoch != owner.producer_epoch) return refuse(ErrorCode::kProducerFenced);
  if (entry.is_busy()) return refuse(ErrorCode::kConcurrentTransactions);
  switch (current.state) {
    case TransactionState::kOngoing:
      return step(at, owner.transactional_id, entry, current.prepared(commit, 0, kNoProducerId, at.wall_ms));
    case TransactionState::kCompleteCommit:
      return refuse(commit ? ErrorCode::kNone : ErrorCode::kInvalidTxnState);
    case TransactionState::kCompleteAbort:
      return refuse(commit ? ErrorCode::kInvalidTxnState : ErrorCode::kNone);
    default:
      return refuse(ErrorCode::kInvalidTxnState);
  }
}

TransactionDecision TransactionCoordinator::end_with_epoch(const TransactionMoment& at, const Owner& owner,
                                                           bool commit, Entry& entry) {
  // First of all: with a step under way the owner may use an id or an epoch that is not current yet.
  if (entry.is_busy()) return refuse(ErrorCode::kConcurrentTransactions);
  const Transaction& current = entry.current;
  // The answer to an earlier call was lost: each ending raises the epoch, or gives a new id behind the last.
  const bool is_overflow = current.previous_producer_id == owner.producer_id &&
                           owner.producer_epoch == kLastClientEpoch && current.producer_epoch == 0;
  const bool is_bump = current.producer_epoch == owner.producer_epoch + 1;
  const bool is_current = current.producer_epoch == owner.producer_epoch;
  if (current.producer_id != owner.producer_id && !is_overflow) {
    return refuse(ErrorCode::kInvalidProducerIdMapping);
  }
  if (is_complete(current.state) && (is_bump || is_overflow)) {
    const bool is_same = commit == (current.state == TransactionState::kCompleteCommit);
    if (!is_same) return refuse(ErrorCode::kInvalidTxnState);
    return {.producer_id = current.producer_id, .producer_epoch = current.producer_epoch};
  }
  if (!is_current) return refuse(ErrorCode::kProducerFenced);
  // A client that cannot know if anything was begun may abort; only what is open can be committed.
  if (commit && current.state != TransactionState::kOngoing) return refuse(ErrorCode::kInvalidTxnState);
  return prepare_with_epoch(at, owner.transactional_id, commit, entry);
}

TransactionDecision TransactionCoordinator::prepare_with_epoch(const TransactionMoment& at,
                                                               std::string_view transactional_id, bool commit,
                                                               Entry& entry) {
  std::int64_t next_id = kNoProducerId;
  if (entry.current.is_epoch_exhausted()) {
    if (!at.fresh_producer_id) return {.wants_producer_id = true};
    next_id = *at.fresh_producer_id;
  }
  const Transaction next = entry.current.prepared(commit, kEpochPerTransaction, next_id, at.wall_ms);
  const Transaction then = next.completed(at.wall_ms);
  TransactionDecision decision = step(at, transactional_id, entry, next);
  if (!decision.record) return decision;
  decision.producer_id = then.producer_id;
  decision.producer_epoch = then.producer_epoch;
  return decision;
}

TransactionDecision TransactionCoordinator::fence(const TransactionMoment& at,
                                                  std::string_view transactional_id, Entry& entry) {
  TransactionDecision decision;
  if (at.transaction_version >= kEpochPerTransaction) {
    decision = prepare_with_epoch(at, transactional_id, false, entry);
  } else {
    decision = step(at, transactional_id, entry,
                    entry.current.with_fenced_epoch().prepared(false, 0, kNoProducerId, at.wall_ms));
  }
  // Whoever asked does not get this epoch.
  decision.producer_id = kNoProducerId;
  decision.producer_epoch = kNoProducerEpoch;
  return decision;
}

std::vector<std::string> TransactionCoordinator::timed_out(TimestampMs wall_ms) const {
  std::vector<std::string> ids;
  for (const auto& [id, one] : entries_) {
    const Transaction& current = one.current;
    if (one.pending || current.state != TransactionState::kOngoing) continue;
    if (current.timeout_ms == kNoTransactionTimeout) continue;
    if (current.start_ms + current.timeout_ms < wall_ms) ids.push_back(id);
  }
  return ids;
}

TransactionDecision TransactionCoordinator::abort_timed_out(const TransactionMoment& at,
                                                            std::string_view transactional_id) {
  Entry* known = entry(transactional_id);
  if (known == nullptr) return refuse(ErrorCode::kInvalidProducerIdMapping);
  const bool is_open = !known->pending && known->current.state == TransactionState::kOngoing;
  return is_open ? fence(at, transactional_id, *known) : refuse(ErrorCode::kConcurrentTransactions);
}

bool TransactionCoordinator::is_expired(const Entry& entry, TimestampMs wall_ms) const {
  const TransactionState state = entry.current.state;
  return !entry.pending && (state == TransactionState::kEmpty || is_complete(state)) &&
         entry.current.last_update_ms <= wall_ms - config_.id_expiration_ms;
}

std::vector<std::string> TransactionCoordinator::expired(TimestampMs wall_ms) const {
  std::vector<std::string> ids;
  for (const auto& [id, one] : entries_) {
    if (is_expired(one, wall_ms)) ids.push_back(id);
  }
  return ids;
}

std::optional<Record> TransactionCoordinator::forget(TimestampMs wall_ms, std::string_view transactional_id) {
  Entry* known = entry(transactional_id);
  if (known == nullptr || !is_expired(*known, wall_ms)) return std::nullopt;
  known->pending = known->current;
  known->pending->state = TransactionState::kDead;
  return transaction_tombstone(transactional_id);
}

void TransactionCoordinator::committed(std::string_view transactional_id) {
  const auto found = entries_.find(transactional_id);
  require(found != entries_.end() && found->second.pending.has_value(), "only what was decided is committed");
  Entry& entry = found->second;
  if (entry.pending->state == TransactionState::kDead) {
    entries_.erase(found);
    return;
  }
  entry.current = *std::exchange(entry.pending, std::nullopt);
  entry.is_new = false;
}

void TransactionCoordinator::failed(std::string_view transactional_id) {
  const auto found = entries_.find(transactional_id);
  require(found != entries_.end() && found->second.pending.has_value(), "only what was decided can fail");
  found->second.pending.reset();
  if (found->second.is_new) entries_.erase(found);
}

std::optional<TransactionMarkers> TransactionCoordinator::markers(std::string_view transactional_id) const {
  const Entry* known = entry(transactional_id);
  if (known == nullptr || known->pending || !is_preparing(known->current.state)) return std::nullopt;
  const Transaction& current = known->current;
  return TransactionMarkers{.producer_id = current.producer_id,
                            .producer_epoch = current.producer_epoch,
                            .commit = current.state == TransactionState::kPrepareCommit,
                            .transaction_version = current.client_version,
                            .partitions = {current.partitions.begin(), current.partitions.end()}};
}

void TransactionCoordinator::marker_written(std::string_view transactional_id,
                                            const TopicPartition& partition) {
  Entry* known = entry(transactional_id);
  if (known == nullptr || known->pending || !is_preparing(known->current.state)) return;
  known->current.partitions.erase(partition);
}

TransactionDecision TransactionCoordinator::complete(const TransactionMoment& at,
                                                     std::string_view transactional_id) {
  Entry* known = entry(transactional_id);
  if (known == nullptr || known->pending || !is_preparing(known->current.state)) return {};
  if (!known->current.partitions.empty()) return {};
  // The feature may have been lowered since the outcome was decided, and the transaction has to end.
  TransactionMoment writing = at;
  if (known->current.client_version > 0) {
    writing.transaction_version = std::max(at.transaction_version, std::int16_t{1});
  }
  return step(writing, transactional_id, *known, known->current.completed(at.wall_ms));
}

std::vector<std::string> TransactionCoordinator::unfinished() const {
  std::vector<std::string> ids;
  for (const auto& [id, one] : entries_) {
    if (is_preparing(one.current.state)) ids.push_back(id);
  }
  return ids;
}

Result<void> TransactionCoordinator::replay(ByteView key, std::optional<ByteView> value) {
  auto record = decode_transaction_record(key, value);
  if (!record) return fail(std::move(record).error());
  if (!*record) return {};
  if ((*record)->value) {
    entries_[(*record)->transactional_id] = {.current = *std::move((*record)->value), .pending = {}};
  } else {
    entries_.erase((*record)->transactional_id);
  }
  return {};
}

}  // namespace moldau::coordinator
