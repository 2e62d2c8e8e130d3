#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "base/result.h"
#include "base/time.h"
#include "log/producer_state.h"
#include "protocol/records/batch.h"

namespace moldau::log {

/// Stands for one question to the transaction coordinator, whether a producer's transaction takes in this
/// partition (KIP-890). Good in the partition that gave it.
struct VerificationGuard {
  std::uint64_t id = 0;

  bool operator==(const VerificationGuard&) const = default;
};

/// What a transactional batch says of its producer.
struct TransactionalBatch {
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = -1;
  std::int32_t base_sequence = -1;
  /// Its client takes a new epoch with every transaction (transactions of version 2).
  bool supports_epoch_bump = false;
};

/// The transactions of one partition that the coordinator is being asked about (KIP-890, part 1). Between the
/// question and the append, a marker may end the transaction: the guard is then of no use any more, so that
/// no record stays behind in a transaction that nobody will end. Pure.
class TransactionVerification {
 public:
  /// Begins to ask for the transaction of a batch, or goes on; nullopt if it is open in `producers`, so that
  /// there is nothing to ask. INVALID_PRODUCER_EPOCH below the last known epoch.
  Result<std::optional<VerificationGuard>> begin(const ProducerState& producers,
                                                 const TransactionalBatch& batch, TimestampMs now_ms);

  /// How a client's or a coordinator's batch is to be judged with the guard that came with it.
  ProducerRules rules_for(const records::BatchView& batch, AppendOrigin origin,
                          std::optional<VerificationGuard> guard) const;

  /// A batch stands in the log. A transactional one ends the question: its transaction is open from now on,
  /// or has ended.
  void appended(const records::BatchView& batch);

  /// Forgets questions that were begun `expiration_ms` ago.
  void remove_expired(TimestampMs now_ms, std::int64_t expiration_ms);

  std::size_t size() const { return open_.size(); }

 private:
  struct Question {
    VerificationGuard guard;
    TimestampMs begun_ms = 0;
    bool supports_epoch_bump = false;
    std::int16_t producer_epoch = -1;
    /// Batches behind it wait for it, or their order would be lost where this one comes again.
    std::int32_t lowest_sequence = -1;
  };

  std::unordered_map<std::int64_t, Question> open_;  ///< by producer id
  std::uint64_t last_guard_ = 0;
};

}  // namespace moldau::log
