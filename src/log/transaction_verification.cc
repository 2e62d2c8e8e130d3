#include "log/transaction_verification.h"

#include <algorithm>
#include <string>

namespace moldau::log {

Result<std::optional<VerificationGuard>> TransactionVerification::begin(const ProducerState& producers,
                                                                        const TransactionalBatch& batch,
                                                                        TimestampMs now_ms) {
  if (const ProducerEntry* known = producers.find(batch.producer_id); known != nullptr) {
    if (batch.producer_epoch < known->epoch) {
      return fail(ErrorCode::kInvalidProducerEpoch,
                  "the epoch of producer " + std::to_string(batch.producer_id) + " is " +
                      std::to_string(batch.producer_epoch) + ", the last known is " +
                      std::to_string(known->epoch));
    }
    if (known->has_open_transaction(batch.producer_epoch)) return std::nullopt;
  }
  const auto [place, is_new] = open_.try_emplace(batch.producer_id);
  Question& question = place->second;
  if (is_new) {
    question = {.guard = {++last_guard_},
                .begun_ms = now_ms,
                .supports_epoch_bump = batch.supports_epoch_bump,
                .producer_epoch = batch.producer_epoch,
                .lowest_sequence = batch.base_sequence};
  } else if (batch.producer_epoch > question.producer_epoch) {
    question.producer_epoch = batch.producer_epoch;
    question.lowest_sequence = batch.base_sequence;
  } else if (batch.producer_epoch == question.producer_epoch) {
    question.lowest_sequence = std::min(question.lowest_sequence, batch.base_sequence);
  }
  return question.guard;
}

ProducerRules TransactionVerification::rules_for(const records::BatchView& batch, AppendOrigin origin,
                                                 std::optional<VerificationGuard> guard) const {
  ProducerRules rules{.origin = origin, .lacks_verification = true};
  const auto found = open_.find(batch.producer_id());
  if (found == open_.end()) return rules;
  rules.unknown_starts_at_zero = found->second.supports_epoch_bump;
  rules.largest_first_sequence = found->second.lowest_sequence;
  rules.lacks_verification = guard != found->second.guard;
  return rules;
}

void TransactionVerification::appended(const records::BatchView& batch) {
  if (open_.empty() || !batch.is_transactional()) return;
  const auto found = open_.find(batch.producer_id());
  if (found == open_.end()) return;
  const Question& question = found->second;
  // The epoch rises behind each transaction of version 2: a marker of this epoch ended the one before.
  const bool is_of_next =
      question.supports_epoch_bump && batch.is_control() && batch.producer_epoch() == question.producer_epoch;
  if (!is_of_next) open_.erase(found);
}

void TransactionVerification::remove_expired(TimestampMs now_ms, std::int64_t expiration_ms) {
  std::erase_if(open_, [&](const auto& item) { return now_ms - item.second.begun_ms >= expiration_ms; });
}

}  // namespace moldau::log
