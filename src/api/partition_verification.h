#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coordinator/txn/transaction_coordinator.h"
#include "runtime/node.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace moldau::api {

/// What a client knows of transactions, by the version of its Produce or TxnOffsetCommit (KIP-890).
enum class TransactionSupport : std::uint8_t {
  kVerified,   ///< adds partitions itself, and does not know TRANSACTION_ABORTABLE
  kAbortable,  ///< adds partitions itself
  kImplicit,   ///< leaves it to the partition's leader to add it
};

constexpr TransactionSupport support_of(std::int16_t version, std::int16_t first_abortable) {
  if (version > first_abortable) return TransactionSupport::kImplicit;
  return version == first_abortable ? TransactionSupport::kAbortable : TransactionSupport::kVerified;
}

/// Asks the coordinator, for a caller on shard `here`, whether the owner may write to the partitions now; for
/// each NONE, or why not.
/// `partitions` lives as long as the task.
runtime::Task<std::vector<ErrorCode>> verify_partitions(
    runtime::Node& node, runtime::Shard& here, coordinator::Owner owner,
    std::span<const coordinator::TopicPartition> partitions);

/// For leaders of partitions that are to get a transaction's records: asks the coordinator whether they are
/// part of it, or adds them for clients that leave it to them. For each partition NONE, or what the client is
/// told in the end: a coordinator that is not available is told as such, fenced owners are
/// INVALID_PRODUCER_EPOCH. `partitions` as above.
runtime::Task<std::vector<ErrorCode>> verify_or_add(runtime::Node& node, runtime::Shard& here,
                                                    coordinator::Owner owner,
                                                    std::span<const coordinator::TopicPartition> partitions,
                                                    TransactionSupport support);

}  // namespace moldau::api
