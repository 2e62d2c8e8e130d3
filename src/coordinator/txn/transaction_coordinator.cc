// What is asked by clients: beginning, and what belongs to a transaction.

#include "coordinator/txn/transaction_coordinator.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "coordinator/txn/transaction_records.h"

namespace moldau::coordinator {
namespace {

using protocol::InitProducerIdRequest;

struct Expected {
  std::int64_t producer_id;
  std::int16_t producer_epoch;
};

/// The id and epoch that the caller takes for its own; nullopt if it gives none.
std::optional<Expected> expected_of(const InitProducerIdRequest& request) {
  if (request.producer_id.value() == kNoProducerId) return std::nullopt;
  return Expected{request.producer_id.value(), request.producer_epoch};
}

/// Whether the caller may speak for the id: its producer id is the current one, or the one before, which it
/// knows that it has used up (KIP-360).
bool owns(const Transaction& current, const std::optional<Expected>& expected) {
  if (!expected || current.producer_epoch == kNoProducerEpoch) return true;
  if (expected->producer_id == current.producer_id) return true;
  return expected->producer_id == current.previous_producer_id &&
         expected->producer_epoch >= kLastClientEpoch;
}

}  // namespace

ErrorCode check_init_producer_id(const TransactionCoordinatorConfig& config,
                                 const InitProducerIdRequest& request) {
  if (request.transactional_id->value().empty()) return ErrorCode::kInvalidRequest;
  if (request.enable2_pc && !config.two_phase_commit_enabled) {
    return ErrorCode::kTransactionalIdAuthorizationFailed;
  }
  if (request.keep_prepared_txn) return ErrorCode::kUnsupportedVersion;
  const std::int32_t timeout_ms = request.transaction_timeout_ms;
  const bool is_good = request.enable2_pc || (timeout_ms > 0 && timeout_ms <= config.max_timeout_ms);
  return is_good ? ErrorCode::kNone : ErrorCode::kInvalidTransactionTimeout;
}

TransactionCoordinator::Entry* TransactionCoordinator::entry(std::string_view transactional_id) {
  const auto found = entries_.find(transactional_id);
  return found == entries_.end() ? nullptr : &found->second;
}

const TransactionCoordinator::Entry* TransactionCoordinator::entry(std::string_view transactional_id) const {
  const auto found = entries_.find(transactional_id);
  return found == entries_.end() ? nullptr : &found->second;
}

TransactionDecision TransactionCoordinator::step(const TransactionMoment& at,
                                                 std::string_view transactional_id, Entry& entry,
                                                 Transaction next) {
  require(!entry.pending, "one step of a transactional id at a time");
  // A record of version 0 cannot say what its client speaks; Apache Kafka fails to write it.
  if (at.transaction_version < 1 && next.client_version > 0) return refuse(ErrorCode::kUnsupportedVersion);
  TransactionDecision decision;
  decision.record = transaction_record(transactional_id, next, at.transaction_version);
  entry.pending = std::move(next);
  return decision;
}

TransactionDecision TransactionCoordinator::init_producer_id(const TransactionMoment& at,
                                                             const InitProducerIdRequest& request) {
  const std::string_view id = request.transactional_id->value();
  const std::int32_t timeout_ms = request.enable2_pc ? kNoTransactionTimeout : request.transaction_timeout_ms;
  Entry* known = entry(id);
  if (known == nullptr) {
    if (!at.fresh_producer_id) return {.wants_producer_id = true};
    known = &entries_[std::string(id)];
    known->is_new = true;
    known->current.producer_id = *at.fresh_producer_id;
    known->current.timeout_ms = timeout_ms;
    known->current.last_update_ms = at.wall_ms;
  }
  if (known->is_busy()) return refuse(ErrorCode::kConcurrentTransactions);
  if (!owns(known->current, expected_of(request))) return refuse(ErrorCode::kProducerFenced);
  if (known->current.state != TransactionState::kOngoing) return next_epoch(at, request, timeout_ms, *known);
  TransactionDecision fenced = fence(at, id, *known);
  if (fenced.record) fenced.error = ErrorCode::kConcurrentTransactions;
  return fenced;
}

TransactionDecision TransactionCoordinator::next_epoch(const TransactionMoment& at,
                                                       const InitProducerIdRequest& request,
                                                       std::int32_t timeout_ms, Entry& entry) {
  const Transaction& current = entry.current;
  const auto expected = expected_of(request);
  const bool is_current = !expected || expected->producer_epoch == current.producer_epoch;
  Result<Transaction> next = Transaction();
  if (current.is_epoch_exhausted() && is_current) {
    if (!at.fresh_producer_id) return {.wants_producer_id = true};
    next = current.with_new_producer_id(*at.fresh_producer_id, expected.has_value(), timeout_ms, at.wall_ms);
  } else if (current.is_epoch_exhausted()) {
    // What Apache Kafka does here is to fail inside: no epoch is left, and the caller's is another.
    return refuse(ErrorCode::kUnknownServerError);
  } else {
    next = current.with_next_epoch(expected ? std::optional(expected->producer_epoch) : std::nullopt,
                                   timeout_ms, at.wall_ms);
  }
  if (!next) return refuse(next.error().code);
  const std::int64_t producer_id = next->producer_id;
  const std::int16_t producer_epoch = next->producer_epoch;
  TransactionDecision decision = step(at, request.transactional_id->value(), entry, *std::move(next));
  if (!decision.record) return decision;
  decision.producer_id = producer_id;
  decision.producer_epoch = producer_epoch;
  return decision;
}

TransactionDecision TransactionCoordinator::add_partitions(const TransactionMoment& at, const Owner& owner,
                                                           const std::set<TopicPartition>& partitions,
                                                           std::int16_t version) {
  if (owner.transactional_id.empty()) return refuse(ErrorCode::kInvalidRequest);
  Entry* known = entry(owner.transactional_id);
  if (known == nullptr) return refuse(ErrorCode::kInvalidProducerIdMapping);
  // First of all: with a step under way the owner may use an id or an epoch that is not current yet.
  if (known->is_busy()) return refuse(ErrorCode::kConcurrentTransactions);
  const Transaction& current = known->current;
  if (current.producer_id != owner.producer_id) return refuse(ErrorCode::kInvalidProducerIdMapping);
  if (current.producer_epoch != owner.producer_epoch) return refuse(ErrorCode::kProducerFenced);
  if (current.state == TransactionState::kOngoing && std::ranges::includes(current.partitions, partitions)) {
    return {};
  }
  return step(at, owner.transactional_id, *known, current.with_partitions(partitions, version, at.wall_ms));
}

std::vector<ErrorCode> TransactionCoordinator::verify_partitions(
    const Owner& owner, std::span<const TopicPartition> partitions) const {
  std::vector<ErrorCode> outcomes(partitions.size(), ErrorCode::kNone);
  const auto all = [&outcomes](ErrorCode error) {
    std::ranges::fill(outcomes, error);
    return outcomes;
  };
  if (owner.transactional_id.empty()) return all(ErrorCode::kInvalidRequest);
  const Entry* known = entry(owner.transactional_id);
  if (known == nullptr) return all(ErrorCode::kInvalidProducerIdMapping);
  const Transaction& current = known->current;
  if (current.producer_id != owner.producer_id) return all(ErrorCode::kInvalidProducerIdMapping);
  if (current.producer_epoch != owner.producer_epoch) return all(ErrorCode::kProducerFenced);
  if (is_preparing(current.state)) return all(ErrorCode::kConcurrentTransactions);
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    if (!current.partitions.contains(partitions[i])) outcomes[i] = ErrorCode::kTransactionAbortable;
  }
  return outcomes;
}

const Transaction* TransactionCoordinator::find(std::string_view transactional_id) const {
  const Entry* known = entry(transactional_id);
  return known == nullptr ? nullptr : &known->current;
}

void TransactionCoordinator::visit(
    const TransactionFilter& filter, TimestampMs wall_ms,
    const std::function<void(std::string_view, const Transaction&)>& visit) const {
  for (const auto& [id, one] : entries_) {
    const Transaction& current = one.current;
    if (!filter.producer_ids.empty() && !filter.producer_ids.contains(current.producer_id)) continue;
    if (filter.by_state && !filter.states.contains(current.state)) continue;
    if (filter.min_duration_ms >= 0 && wall_ms - current.start_ms <= filter.min_duration_ms) continue;
    if (filter.id_matches && !filter.id_matches(id)) continue;
    visit(id, current);
  }
}

}  // namespace moldau::coordinator
