#include "log/cleaned_transactions.h"

#include "log/end_txn_marker.h"

namespace moldau::log {

void CleanedTransactions::add(std::span<const AbortedTransaction> aborted) {
  for (const AbortedTransaction& each : aborted) {
    ahead_.try_emplace({each.first_offset, each.producer_id}, each);
  }
}

void CleanedTransactions::begin_up_to(std::int64_t offset) {
  while (!ahead_.empty() && ahead_.begin()->first.first <= offset) {
    const AbortedTransaction& begun = ahead_.begin()->second;
    aborted_.try_emplace(begun.producer_id, Ongoing{.transaction = begun});
    ahead_.erase(ahead_.begin());
  }
}

bool CleanedTransactions::read_data(const records::BatchHeader& batch) {
  begin_up_to(batch.last_offset());
  if (!batch.is_transactional()) return false;
  const auto aborted = aborted_.find(batch.producer_id());
  if (aborted == aborted_.end()) {
    with_data_.insert(batch.producer_id());
    return false;
  }
  aborted->second.has_data = true;
  return true;
}

Result<CleanedTransactions::Marker> CleanedTransactions::read_control(const records::BatchView& batch) {
  begin_up_to(batch.last_offset());
  if (batch.record_count() == 0) return Marker{.is_removable = true};
  const auto marker = read_end_txn_marker(batch);
  if (!marker) return fail(marker.error());
  if (!*marker) return Marker{};
  if (!(*marker)->is_abort) return Marker{.is_removable = with_data_.erase(batch.producer_id()) == 0};
  const auto ended = aborted_.extract(batch.producer_id());
  if (ended.empty() || !ended.mapped().has_data) return Marker{.is_removable = true};
  return Marker{.is_removable = false, .still_aborted = ended.mapped().transaction};
}

}  // namespace moldau::log
