#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace moldau::coordinator {

/// Where a transactional id stands; the number is that of the log's records (KIP-98).
enum class TransactionState : std::int8_t {
  kEmpty = 0,              ///< no transaction since InitProducerId
  kOngoing = 1,            ///< partitions have been added
  kPrepareCommit = 2,      ///< decided; markers are being written
  kPrepareAbort = 3,       ///< as kPrepareCommit
  kCompleteCommit = 4,     ///< all markers are written
  kCompleteAbort = 5,      ///< as kCompleteCommit
  kDead = 6,               ///< the id has expired, its tombstone is on the way
  kPrepareEpochFence = 7,  ///< never in the log
};

/// As DescribeTransactions and ListTransactions call it.
std::string_view name_of(TransactionState state);
/// The state of that name, in this spelling; nullopt when there is none.
std::optional<TransactionState> transaction_state_named(std::string_view name);
/// The state of that number; nullopt when there is none.
std::optional<TransactionState> transaction_state_of(std::int8_t number);

/// Whether the outcome is decided and markers are being written.
constexpr bool is_preparing(TransactionState state) {
  return state == TransactionState::kPrepareCommit || state == TransactionState::kPrepareAbort;
}

/// Whether the last transaction's markers are all written.
constexpr bool is_complete(TransactionState state) {
  return state == TransactionState::kCompleteCommit || state == TransactionState::kCompleteAbort;
}

}  // namespace moldau::coordinator
