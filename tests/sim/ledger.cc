#include "tests/sim/ledger.h"

#include <algorithm>

namespace moldau::sim {
namespace {

bool must_be_there(const SentBatch& batch, bool power_was_cut) {
  return batch.acknowledged_at && (batch.survives_power_cut || !power_was_cut);
}

bool lies_below(const SentBatch& batch, std::int64_t offset) {
  return batch.acknowledged_at &&
         *batch.acknowledged_at + static_cast<std::int64_t>(batch.values.size()) <= offset;
}

/// How many records from `at` on are those of the batch, in order and without gaps.
std::size_t matching(const SentBatch& batch, const std::vector<ReadRecord>& found, std::size_t at) {
  std::size_t count = 0;
  while (count < batch.values.size() && at + count < found.size() &&
         found[at + count].value == batch.values[count] &&
         found[at + count].offset == found[at].offset + static_cast<std::int64_t>(count)) {
    ++count;
  }
  return count;
}

}  // namespace

void PartitionLedger::closed_cleanly() {
  for (SentBatch& batch : batches_) {
    if (batch.acknowledged_at) batch.survives_power_cut = true;
  }
}

std::string PartitionLedger::reconcile(const ReadLog& log, TimestampMs now_ms, bool power_was_cut) {
  const std::vector<ReadRecord>& found = log.records;
  std::vector<SentBatch> there;
  std::size_t at = 0;
  bool may_leave_gap = false;
  for (std::size_t i = 0; i < batches_.size(); ++i) {
    const SentBatch& batch = batches_[i];
    const std::size_t same = matching(batch, found, at);
    if (same == batch.values.size()) {
      const std::int64_t base = found[at].offset;
      if (batch.acknowledged_at && *batch.acknowledged_at != base) {
        return "batch " + std::to_string(i) + " was acknowledged at " +
               std::to_string(*batch.acknowledged_at) + " and is at " + std::to_string(base);
      }
      const bool follows_gap = at > 0 && found[at - 1].offset + 1 != base;
      if (follows_gap && !may_leave_gap && !batch.follows_gap) {
        return "offsets have a gap before " + std::to_string(base);
      }
      may_leave_gap = false;
      there.push_back(batch);
      // It can be read, so it has come through; another cut may still take it.
      there.back().acknowledged_at = base;
      there.back().follows_gap = follows_gap;
      at += same;
      continue;
    }
    if (same > 0) return "batch " + std::to_string(i) + " is torn after " + std::to_string(same) + " records";
    if (lies_below(batch, log.start_offset)) {
      // A cut may leave a segment and take those before it whose folder was not synced yet, as in Apache
      // Kafka.
      const bool is_promised = must_be_there(batch, power_was_cut);
      if (is_promised && now_ms < batch.may_go_at_ms)
        return "batch " + std::to_string(i) + " was deleted before its time";
      continue;
    }
    if (must_be_there(batch, power_was_cut)) {
      return "batch " + std::to_string(i) + ", acknowledged at " + std::to_string(*batch.acknowledged_at) +
             ", is lost; the log has " + std::to_string(found.size()) + " records";
    }
    // What was lost may have been followed by a segment that was not, as in Apache Kafka.
    may_leave_gap = may_leave_gap || batch.acknowledged_at.has_value();
  }
  if (at != found.size()) return "a record was never sent: '" + found[at].value.substr(0, 40) + "'";
  batches_ = std::move(there);
  return {};
}

void Ledger::closed_cleanly() {
  for (auto& [name, topic] : topics) {
    for (PartitionLedger& partition : topic.partitions) {
      partition.closed_cleanly();
    }
  }
  durable_commits = acknowledged_commits;
}

}  // namespace moldau::sim
