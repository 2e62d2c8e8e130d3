#include "log/producer_state.h"

#include <limits>
#include <string>
#include <utility>

namespace moldau::log {
namespace {

constexpr std::int16_t kStrictMarkerVersion = 2;

bool follows(std::int32_t last, std::int32_t next) {
  constexpr std::int32_t kLargest = std::numeric_limits<std::int32_t>::max();
  return last == kLargest ? next == 0 : next == last + 1;
}

std::string describe(const ProducerEntry& known, std::string_view what, std::int64_t got,
                     std::int64_t expected) {
  return "producer " + std::to_string(known.producer_id) + " sent " + std::string(what) + ' ' +
         std::to_string(got) + ", the last known is " + std::to_string(expected);
}

Result<void> check_sequence(const ProducerEntry& known, const records::BatchView& batch,
                            const ProducerRules& rules) {
  const std::int32_t first = batch.base_sequence();
  const auto refuse = [&](std::string_view what) {
    return fail(ErrorCode::kOutOfOrderSequenceNumber, describe(known, what, first, known.last_sequence()));
  };
  if (rules.unknown_starts_at_zero && first != 0 && known.batches.empty()) {
    return refuse("as its first the sequence");
  }
  if (rules.largest_first_sequence && first > *rules.largest_first_sequence) {
    return refuse("before an earlier one the sequence");
  }
  if (batch.producer_epoch() != known.epoch) {
    if (first != 0 && known.epoch != records::kNoProducerEpoch) return refuse("in a new epoch the sequence");
    return {};
  }
  if (known.epoch != records::kNoProducerEpoch && !follows(known.last_sequence(), first)) {
    return refuse("the sequence");
  }
  return {};
}

}  // namespace

Result<void> ProducerState::check_epoch(const ProducerEntry& known, std::int16_t epoch,
                                        const ProducerRules& rules, bool is_marker) const {
  if (rules.origin == AppendOrigin::kReplication) return {};
  const bool is_strict = is_marker && rules.transaction_version >= kStrictMarkerVersion;
  const bool is_valid = is_strict ? epoch > known.epoch : epoch >= known.epoch;
  if (is_valid) return {};
  // A marker written again after its transaction has ended does no harm (KAFKA-19999).
  if (is_strict && epoch == known.epoch &&
      (!known.transaction_first_offset || epoch == std::numeric_limits<std::int16_t>::max())) {
    return {};
  }
  return fail(ErrorCode::kInvalidProducerEpoch, describe(known, "the epoch", epoch, known.epoch));
}

Result<void> ProducerState::check_marker(const ProducerEntry& known, const records::BatchView& batch,
                                         const ProducerRules& rules) const {
  const auto marker = read_end_txn_marker(batch);
  if (!marker) return fail(marker.error());
  if (!*marker) return {};
  if (auto valid = check_epoch(known, batch.producer_epoch(), rules, true); !valid) return valid;
  if (rules.origin != AppendOrigin::kReplication && known.coordinator_epoch > (*marker)->coordinator_epoch) {
    return fail(
        ErrorCode::kTransactionCoordinatorFenced,
        describe(known, "the coordinator epoch", (*marker)->coordinator_epoch, known.coordinator_epoch));
  }
  return {};
}

Result<std::optional<ProducedBatch>> ProducerState::check(const records::BatchView& batch,
                                                          const ProducerRules& rules) const {
  if (!batch.has_producer_id()) return std::nullopt;
  const ProducerEntry* found = find(batch.producer_id());
  const ProducerEntry unknown{.producer_id = batch.producer_id()};
  const ProducerEntry& known = found != nullptr ? *found : unknown;
  if (rules.origin == AppendOrigin::kClient) {
    auto duplicate =
        known.find_duplicate(batch.producer_epoch(), batch.base_sequence(), batch.last_sequence());
    if (duplicate) return duplicate;
  }
  if (batch.is_control()) {
    if (auto valid = check_marker(known, batch, rules); !valid) return fail(std::move(valid).error());
    return std::nullopt;
  }
  if (auto valid = check_epoch(known, batch.producer_epoch(), rules, false); !valid) {
    return fail(std::move(valid).error());
  }
  if (rules.lacks_verification && batch.is_transactional() &&
      !known.has_open_transaction(batch.producer_epoch())) {
    return fail(ErrorCode::kInvalidTxnState, "producer " + std::to_string(known.producer_id) +
                                                 " wrote to a transaction that is not open here");
  }
  if (rules.origin == AppendOrigin::kClient) {
    if (auto valid = check_sequence(known, batch, rules); !valid) return fail(std::move(valid).error());
  }
  if (known.transaction_first_offset && !batch.is_transactional()) {
    return fail(ErrorCode::kInvalidTxnState,
                "producer " + std::to_string(known.producer_id) + " wrote outside of its open transaction");
  }
  return std::nullopt;
}

Result<std::optional<CompletedTransaction>> ProducerState::apply(const records::BatchView& batch) {
  end_offset_ = batch.next_offset();
  if (!batch.has_producer_id()) return std::nullopt;
  std::optional<EndTxnMarker> marker;
  if (batch.is_control()) {
    auto read = read_end_txn_marker(batch);
    if (!read) return fail(std::move(read).error());
    if (!*read) return std::nullopt;
    marker = *read;
  }
  auto [place, is_new] = producers_.try_emplace(batch.producer_id());
  ProducerEntry& entry = place->second;
  if (is_new) entry.producer_id = batch.producer_id();
  if (marker) {
    std::optional<CompletedTransaction> completed;
    if (entry.transaction_first_offset) {
      completed = CompletedTransaction{batch.producer_id(), *entry.transaction_first_offset,
                                       batch.base_offset(), marker->is_abort};
    }
    entry.set_epoch(batch.producer_epoch());
    entry.coordinator_epoch = marker->coordinator_epoch;
    entry.last_timestamp_ms = marker->timestamp_ms;
    entry.transaction_first_offset.reset();
    return completed;
  }
  entry.add_batch(batch.producer_epoch(), {.last_sequence = batch.last_sequence(),
                                           .last_offset = batch.last_offset(),
                                           .offset_delta = batch.last_offset_delta(),
                                           .timestamp_ms = batch.max_timestamp()});
  if (batch.is_transactional() && !entry.transaction_first_offset) {
    entry.transaction_first_offset = batch.base_offset();
    open_[batch.base_offset()] = {.producer_id = batch.producer_id()};
  }
  return std::nullopt;
}

std::int64_t ProducerState::last_stable_offset_after(const CompletedTransaction& completed) const {
  for (const auto& [first_offset, transaction] : open_) {
    if (transaction.producer_id != completed.producer_id) return first_offset;
  }
  return completed.last_offset + 1;
}

void ProducerState::complete(const CompletedTransaction& completed) {
  const auto open = open_.find(completed.first_offset);
  if (open == open_.end()) return;  // Two producers of a damaged snapshot claimed one first offset.
  completed_[completed.first_offset] = {open->second.producer_id, completed.last_offset};
  open_.erase(open);
}

std::optional<std::int64_t> ProducerState::first_unstable_offset() const {
  std::optional<std::int64_t> first;
  if (!open_.empty()) first = open_.begin()->first;
  if (!completed_.empty() && (!first || completed_.begin()->first < *first))
    first = completed_.begin()->first;
  return first;
}

void ProducerState::forget_completed_below(std::int64_t offset) {
  std::erase_if(completed_, [&](const auto& item) { return item.second.last_offset < offset; });
}

bool ProducerState::is_expired(const ProducerEntry& entry, TimestampMs now_ms) const {
  return !entry.transaction_first_offset && now_ms - entry.last_timestamp_ms >= expiration_ms_;
}

void ProducerState::remove_expired(TimestampMs now_ms) {
  std::erase_if(producers_, [&](const auto& item) { return is_expired(item.second, now_ms); });
}

void ProducerState::load(std::vector<ProducerEntry> entries, std::int64_t offset, TimestampMs now_ms) {
  reset(offset);
  for (ProducerEntry& entry : entries) {
    if (is_expired(entry, now_ms)) continue;
    if (entry.transaction_first_offset) open_[*entry.transaction_first_offset] = {entry.producer_id};
    producers_[entry.producer_id] = std::move(entry);
  }
}

bool ProducerState::recall(std::int64_t producer_id, const ProducedBatch& earlier) {
  const auto found = producers_.find(producer_id);
  return found != producers_.end() && found->second.recall(earlier);
}

void ProducerState::reset(std::int64_t offset) {
  producers_.clear();
  open_.clear();
  completed_.clear();
  end_offset_ = offset;
}

const ProducerEntry* ProducerState::find(std::int64_t producer_id) const {
  const auto found = producers_.find(producer_id);
  return found == producers_.end() ? nullptr : &found->second;
}

std::vector<const ProducerEntry*> ProducerState::entries() const {
  std::vector<const ProducerEntry*> entries;
  entries.reserve(producers_.size());
  for (const auto& [id, entry] : producers_)
    entries.push_back(&entry);
  return entries;
}

}  // namespace moldau::log
