#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "api/context.h"
#include "protocol/messages/txn_offset_commit_request.h"
#include "protocol/messages/txn_offset_commit_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// What a partition of __consumer_offsets asks the coordinator of a transaction before it writes into it.
/// Views into the request.
struct TransactionQuestion {
  std::string_view transactional_id;
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = -1;
  std::int32_t partition = -1;
  /// The transaction is to take the partition in; else it is asked whether it has.
  bool adds_partition = false;
  /// The client knows TRANSACTION_ABORTABLE; to others that is INVALID_TXN_STATE.
  bool knows_abortable = false;
};

/// Asks the transaction coordinator, from the partition's shard; NONE if the partition may write. Errors are
/// those that Apache Kafka's brokers tell each other's clients: INVALID_PRODUCER_EPOCH for PRODUCER_FENCED,
/// COORDINATOR_NOT_AVAILABLE where the transactional id has no coordinator.
using AskTransactionCoordinator =
    std::function<runtime::Task<ErrorCode>(runtime::Shard& here, const TransactionQuestion& question)>;

/// TxnOffsetCommit (key 28): offsets that count when a transaction commits (KIP-98, KIP-447, KIP-890). From
/// version 5 on the transaction takes the group's partition in; before, that is verified unless
/// `transaction.partition.verification.enable` is off.
runtime::Task<protocol::TxnOffsetCommitResponse> txn_offset_commit(
    Context& context, const protocol::TxnOffsetCommitRequest& request,
    AskTransactionCoordinator ask_transaction_coordinator);

}  // namespace moldau::api
