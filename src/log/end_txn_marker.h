#pragma once

#include <cstdint>
#include <optional>

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

/// The first record of a control batch. nullopt if there is none, as when compaction emptied the batch, or if
/// it ends no transaction. INVALID_RECORD if it is malformed.
Result<std::optional<EndTxnMarker>> read_end_txn_marker(const records::BatchView& batch);

}  // namespace moldau::log
