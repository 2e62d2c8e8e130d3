#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "log/end_txn_marker.h"
#include "log/producer_entry.h"
#include "log/transaction_index.h"
#include "protocol/records/batch.h"

namespace moldau::log {

/// Who asks for an append; decides which checks apply.
enum class AppendOrigin {
  kClient,       ///< Produce: epoch and sequence are checked.
  kCoordinator,  ///< Internal topics and markers: the epoch is checked.
  kRaftLeader,   ///< Metadata records: offsets and epoch are set already.
  kReplication,  ///< What a leader has accepted is not judged again.
};

/// How a batch of a producer with an id is to be judged.
struct ProducerRules {
  AppendOrigin origin = AppendOrigin::kClient;
  /// Transactions of version 2 (KIP-890): a producer nothing is known of must begin with sequence 0.
  bool unknown_starts_at_zero = false;
  /// A client's batch begins at most with this sequence: an earlier one is on its way (KIP-890).
  std::optional<std::int32_t> largest_first_sequence = {};
  /// Nobody has asked the transaction coordinator: only a transaction that is open already goes on.
  bool lacks_verification = false;
  /// For markers: the transaction version; from 2 on a marker's epoch must be above the last seen one.
  std::int16_t transaction_version = 0;
};

/// What a marker ended.
struct CompletedTransaction {
  std::int64_t producer_id = -1;
  std::int64_t first_offset = 0;
  std::int64_t last_offset = 0;  ///< Of the marker.
  bool is_abort = false;
};

/// What one partition knows of its producers: duplicates, order, fencing and open transactions (KIP-98).
/// Pure; ProducerSnapshots keeps it on disk.
class ProducerState {
 public:
  explicit ProducerState(std::int64_t producer_id_expiration_ms)
      : expiration_ms_(producer_id_expiration_ms) {}

  /// Judges a batch before anything of it is written. Answers the remembered batch if it is a retry of one
  /// of the last five. OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, INVALID_TXN_STATE,
  /// TRANSACTION_COORDINATOR_FENCED or INVALID_RECORD.
  Result<std::optional<ProducedBatch>> check(const records::BatchView& batch,
                                             const ProducerRules& rules) const;

  /// Takes note of a batch that now stands in the log at its offsets, and moves end_offset() behind it.
  /// Answers the transaction that it completed. INVALID_RECORD for a malformed marker.
  Result<std::optional<CompletedTransaction>> apply(const records::BatchView& batch);

  /// Up to which offset the log has been taken note of.
  std::int64_t end_offset() const { return end_offset_; }
  void set_end_offset(std::int64_t offset) { end_offset_ = offset; }
  void set_expiration_ms(std::int64_t expiration_ms) { expiration_ms_ = expiration_ms; }

  /// Where the first open transaction other than the completed one begins; without one, behind its marker.
  /// To be asked before complete().
  std::int64_t last_stable_offset_after(const CompletedTransaction& completed) const;
  /// Moves a transaction to those whose marker waits for the high watermark.
  void complete(const CompletedTransaction& completed);
  /// The first offset of a transaction that is open, or whose marker is at or above the high watermark.
  std::optional<std::int64_t> first_unstable_offset() const;
  /// Forgets completed transactions whose marker is below `offset`.
  void forget_completed_below(std::int64_t offset);

  /// Forgets producers that have not written for the expiration time and have no open transaction.
  void remove_expired(TimestampMs now_ms);

  /// Takes over entries of a snapshot taken at `offset`, without those expired. Nothing else is known then.
  void load(std::vector<ProducerEntry> entries, std::int64_t offset, TimestampMs now_ms);
  /// Remembers a batch from before those known of a producer; see ProducerEntry::recall.
  bool recall(std::int64_t producer_id, const ProducedBatch& earlier);
  /// Forgets everything; the log begins at `offset`.
  void reset(std::int64_t offset);

  const ProducerEntry* find(std::int64_t producer_id) const;
  /// In no particular order; valid until the next change.
  std::vector<const ProducerEntry*> entries() const;
  std::size_t size() const { return producers_.size(); }

 private:
  struct Transaction {
    std::int64_t producer_id = -1;
    std::int64_t last_offset = -1;  ///< Of its marker.
  };

  Result<void> check_epoch(const ProducerEntry& known, std::int16_t epoch, const ProducerRules& rules,
                           bool is_marker) const;
  Result<void> check_marker(const ProducerEntry& known, const records::BatchView& batch,
                            const ProducerRules& rules) const;
  bool is_expired(const ProducerEntry& entry, TimestampMs now_ms) const;

  std::int64_t expiration_ms_;
  std::unordered_map<std::int64_t, ProducerEntry> producers_;
  std::map<std::int64_t, Transaction> open_;       ///< By first offset.
  std::map<std::int64_t, Transaction> completed_;  ///< By first offset; marker not replicated yet.
  std::int64_t end_offset_ = 0;
};

}  // namespace moldau::log
