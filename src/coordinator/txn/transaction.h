#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "coordinator/txn/transaction_state.h"

namespace moldau::coordinator {

inline constexpr std::int64_t kNoProducerId = -1;
inline constexpr std::int16_t kNoProducerEpoch = -1;
/// The largest epoch a client is given; the one above it is kept to fence that client (KIP-360).
inline constexpr std::int16_t kLastClientEpoch = std::numeric_limits<std::int16_t>::max() - 1;
/// In place of a timeout: the transaction is one of two phases and never times out (KIP-939).
inline constexpr std::int32_t kNoTransactionTimeout = std::numeric_limits<std::int32_t>::max();
/// From this version of the transaction protocol on, each transaction has an epoch of its own (KIP-890).
inline constexpr std::int16_t kEpochPerTransaction = 2;

struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;

  auto operator<=>(const TopicPartition&) const = default;
};

/// Everything known of one transactional id. A value: each step gives the next one, which counts when its
/// record is committed. Rules: KIP-98, KIP-360, KIP-890.
struct Transaction {
  std::int64_t producer_id = kNoProducerId;
  std::int64_t previous_producer_id = kNoProducerId;  ///< of the step before
  std::int64_t next_producer_id = kNoProducerId;      ///< from the completion on, where epochs ran out
  std::int16_t producer_epoch = kNoProducerEpoch;
  /// The epoch before, if its owner knows that it was raised; not in the log.
  std::int16_t last_producer_epoch = kNoProducerEpoch;
  std::int32_t timeout_ms = 0;
  TransactionState state = TransactionState::kEmpty;
  std::set<TopicPartition> partitions = {};
  TimestampMs start_ms = -1;  ///< of the transaction; -1 for none
  TimestampMs last_update_ms = -1;
  std::int16_t client_version = 0;  ///< of the transaction protocol

  bool operator==(const Transaction&) const = default;

  bool is_epoch_exhausted() const { return producer_epoch >= kLastClientEpoch; }

  /// InitProducerId: the next epoch. With the caller's epoch, `expected`: the same answer again for the epoch
  /// before, PRODUCER_FENCED for any other. The epoch is not exhausted.
  Result<Transaction> with_next_epoch(std::optional<std::int16_t> expected, std::int32_t new_timeout_ms,
                                      TimestampMs now_ms) const;
  /// InitProducerId when epochs have run out.
  Transaction with_new_producer_id(std::int64_t id, bool owner_knows_epoch, std::int32_t new_timeout_ms,
                                   TimestampMs now_ms) const;
  /// The transaction with more partitions; one begins where none is under way.
  Transaction with_partitions(const std::set<TopicPartition>& added, std::int16_t version,
                              TimestampMs now_ms) const;
  /// The transaction with its outcome decided. `next_id` replaces the producer id where epochs have run out.
  Transaction prepared(bool commit, std::int16_t version, std::int64_t next_id, TimestampMs now_ms) const;
  /// Behind prepared(), when all markers are written.
  Transaction completed(TimestampMs now_ms) const;
  /// Fenced off its owner, before prepared(): no client has this epoch.
  Transaction with_fenced_epoch() const;

 private:
  Transaction next(TransactionState next_state, TimestampMs now_ms) const;
};

}  // namespace moldau::coordinator
