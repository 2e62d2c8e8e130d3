#pragma once

#include <cstdint>
#include <optional>

#include "base/buffer.h"
#include "base/result.h"
#include "base/time.h"
#include "protocol/records/batch.h"

namespace moldau::log {

/// What a control batch of the transaction coordinator says.
struct EndTxnMarker {
  bool is_abort = false;
  std::int32_t coordinator_epoch = -1;
  TimestampMs timestamp_ms = -1;

  bool operator==(const EndTxnMarker&) const = default;
};

/// What ends a producer's transaction in one partition (WriteTxnMarkers).
struct TransactionMarker {
  std::int64_t producer_id = -1;
  std::int16_t producer_epoch = -1;
  std::int32_t coordinator_epoch = -1;
  bool is_commit = false;
  std::int16_t transaction_version = 0;  ///< not written: says which epochs are good; see ProducerRules
};

/// The control batch of a marker, byte for byte Apache Kafka's. As there, UNKNOWN_SERVER_ERROR where -1
/// stands for no producer, no epoch or no transaction version; INVALID_PRODUCER_EPOCH for an epoch that is
/// none.
Result<Buffer> build_transaction_marker(const TransactionMarker& marker, TimestampMs now_ms);

/// The first record of a control batch. nullopt if there is none, as when compaction emptied the batch, or if
/// it ends no transaction. INVALID_RECORD if it is malformed.
Result<std::optional<EndTxnMarker>> read_end_txn_marker(const records::BatchView& batch);

}  // namespace moldau::log
