#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "base/bytes.h"
#include "base/time.h"
#include "log/offset_map.h"
#include "log/producer_state.h"
#include "protocol/records/batch.h"

namespace moldau::log {

/// The last of what an active producer wrote: its batch stays, for it holds what the producer is known by.
struct LastRecord {
  std::optional<std::int64_t> data_offset = {};  ///< Last offset of its last data; nullopt if only markers.
  std::int16_t epoch = -1;
};
using LastRecords = std::unordered_map<std::int64_t, LastRecord>;  ///< By producer.

LastRecords last_records_of(const ProducerState& producers);

/// What a pass of compaction goes by.
struct RetentionRules {
  TimestampMs now_ms = 0;
  std::int64_t delete_retention_ms = 86400000;  ///< `delete.retention.ms`
  /// The offset behind the last segment that may be compacted: the batch that ends there stays, so that the
  /// offset is not lost.
  std::int64_t end_of_round = 0;
};

/// What becomes of a batch as a whole.
struct BatchVerdict {
  /// None of its records stays; otherwise they are judged one by one (those of control batches stay).
  bool drops_records = false;
  /// Without records it stays as a header.
  bool stays_empty = false;
  /// A marker that nobody needs: it gets a delete horizon and goes when that has come.
  bool marks_nothing = false;
};

/// `is_removable` is what CleanedTransactions says of the batch.
BatchVerdict judge_batch(const records::BatchHeader& batch, bool is_removable,
                         const LastRecords& last_records, const RetentionRules& rules);

/// A record as far as it matters.
struct JudgedRecord {
  std::int64_t offset = 0;
  std::optional<ByteView> key = {};
  bool has_value = false;
};

/// Whether a record of a data batch stays: if it lies behind what `map` has seen; or if it is the latest of
/// its key, and no tombstone unless `keeps_tombstones`. One without a key goes.
bool keeps_record(const JudgedRecord& record, const OffsetMap& map, bool keeps_tombstones);

/// Tombstones stay until the batch's delete horizon; the first pass that meets one sets it.
inline bool keeps_tombstones(const records::BatchHeader& batch, TimestampMs now_ms) {
  return !batch.has_delete_horizon() || now_ms < batch.base_timestamp();
}

/// The delete horizon of a batch that gets one now; nullopt where the sum is beyond all times.
std::optional<TimestampMs> new_delete_horizon(const RetentionRules& rules);

}  // namespace moldau::log
