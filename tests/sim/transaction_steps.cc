#include "tests/sim/transaction_steps.h"

#include <algorithm>

namespace moldau::sim {
namespace {

using coordinator::Transaction;
using coordinator::TransactionState;

std::string stated(const std::optional<Transaction>& transaction) {
  return transaction ? std::string(name_of(transaction->state)) : "nothing";
}

bool is_over(const std::optional<Transaction>& before) {
  return !before || before->state == TransactionState::kEmpty || is_complete(before->state);
}

/// Whether a transaction may be where `now` is behind where it was. An abort may come where nothing is open:
/// its client cannot know if anything was (KIP-890).
bool may_follow(const std::optional<Transaction>& before, const Transaction& now) {
  const bool is_open = before && before->state == TransactionState::kOngoing;
  switch (now.state) {
    case TransactionState::kEmpty:
      return is_over(before);
    case TransactionState::kOngoing:
      return before && (is_open || is_over(before));
    case TransactionState::kPrepareCommit:
      return is_open;
    case TransactionState::kPrepareAbort:
      return is_open ||
             (before && is_over(before) && now.client_version >= coordinator::kEpochPerTransaction);
    case TransactionState::kCompleteCommit:
      return before && before->state == TransactionState::kPrepareCommit;
    case TransactionState::kCompleteAbort:
      return before && before->state == TransactionState::kPrepareAbort;
    default:
      return false;
  }
}

/// Whether the epoch may follow, of the same producer id.
bool may_have_epoch(const Transaction& before, const Transaction& now) {
  const int raised_by = now.producer_epoch - before.producer_epoch;
  if (now.state == TransactionState::kEmpty) return raised_by == 0 || raised_by == 1;
  if (!is_preparing(now.state)) return raised_by == 0;
  const bool has_own_epoch = now.client_version >= coordinator::kEpochPerTransaction;
  return raised_by == 1 || (raised_by == 0 && !has_own_epoch);
}

bool may_have_partitions(const Transaction& before, const Transaction& now) {
  const bool was_open = before.state == TransactionState::kOngoing;
  if (now.state == TransactionState::kOngoing) {
    return !now.partitions.empty() && (!was_open || std::ranges::includes(now.partitions, before.partitions));
  }
  if (is_preparing(now.state) && was_open) return now.partitions == before.partitions;
  return now.partitions.empty();
}

/// While markers are written those partitions are left that have none yet.
bool is_same(const Transaction& in_log, const Transaction& live) {
  Transaction expected = in_log;
  expected.last_producer_epoch = live.last_producer_epoch;  // is not in the log
  if (is_preparing(live.state) && std::ranges::includes(in_log.partitions, live.partitions)) {
    expected.partitions = live.partitions;
  }
  return expected == live;
}

bool is_same(const std::optional<Transaction>& in_log, const Transaction* live) {
  return in_log.has_value() == (live != nullptr) && (live == nullptr || is_same(*in_log, *live));
}

}  // namespace

std::string TransactionSteps::next(const coordinator::TransactionRecord& record) {
  const std::string& id = record.transactional_id;
  Known& known = ids_[id];
  known.before = known.last;
  known.last = record.value;
  if (!record.value) {
    return is_over(known.before) ? std::string() : id + " is forgotten in " + stated(known.before);
  }
  const Transaction& now = *record.value;
  if (!may_follow(known.before, now)) return id + " goes from " + stated(known.before) + " to " + stated(now);
  if (known.before && !may_have_partitions(*known.before, now))
    return id + " has other partitions in " + stated(now);
  return judge_producer_id(id, known.before, now);
}

std::string TransactionSteps::judge_producer_id(const std::string& id,
                                                const std::optional<Transaction>& before,
                                                const Transaction& now) {
  if (before && before->producer_id == now.producer_id) {
    return may_have_epoch(*before, now)
               ? std::string()
               : id + " goes from epoch " + std::to_string(before->producer_epoch) + " to " +
                     std::to_string(now.producer_epoch) + " in " + stated(now);
  }
  if (!owners_.emplace(now.producer_id, id).second)
    return id + " has producer id " + std::to_string(now.producer_id) + ", which was used before";
  const bool is_told = is_complete(now.state) && before->next_producer_id == now.producer_id;
  if (now.state != TransactionState::kEmpty && !is_told)
    return id + " changes its producer id in " + stated(now);
  return now.producer_epoch == 0
             ? std::string()
             : id + " begins with epoch " + std::to_string(now.producer_epoch) + " of its producer id";
}

std::string TransactionSteps::judge_live(const std::string& id, const Transaction* live) const {
  // An id without an epoch waits for its first record to be committed.
  if (live != nullptr && live->producer_epoch == coordinator::kNoProducerEpoch) live = nullptr;
  const auto found = ids_.find(id);
  const Known nothing;
  const Known& known = found == ids_.end() ? nothing : found->second;
  if (is_same(known.last, live) || is_same(known.before, live)) return {};
  return id + " is in " + (live == nullptr ? "nothing" : stated(*live)) + ", its log has " +
         stated(known.last);
}

}  // namespace moldau::sim
