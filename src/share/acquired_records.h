#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/messages/share_fetch_response.h"

namespace moldau::share {

using protocol::share_fetch_response::AcquiredRecords;

/// What acquiring has to know of a batch of records that was read from the log.
struct FetchedBatch {
  std::int64_t base_offset = 0;
  std::int64_t last_offset = 0;
  std::int64_t producer_id = -1;  ///< -1 for none
  bool is_transactional = false;
  bool is_abort_marker = false;  ///< a control batch whose first record ends a transaction so
};

/// A transaction that was given up, from its first offset on; as reading committed records reports it.
struct AbortedTransaction {
  std::int64_t producer_id = 0;
  std::int64_t first_offset = 0;
};

/// How much a fetch may acquire (KIP-1206).
enum class AcquireMode : std::int8_t {
  kBatchOptimized = 0,  ///< whole batches, so that the limit is a soft one
  kRecordLimit = 1,     ///< no more records than asked for
};

/// Asks for records to be acquired out of those that were read. Views live as long as the call.
struct AcquireRequest {
  std::string_view member = {};
  AcquireMode mode = AcquireMode::kBatchOptimized;
  std::int32_t batch_size = 0;    ///< of acquired ranges, in records
  std::int32_t max_records = 0;   ///< what is left of the request's limit
  std::int64_t fetch_offset = 0;  ///< where reading began
  std::span<const FetchedBatch> batches = {};
  /// Where only committed records are to be seen; their batches are archived.
  std::span<const AbortedTransaction> aborted = {};
};

/// Ranges that a member has acquired, in order of offsets.
struct Acquired {
  std::vector<AcquiredRecords> ranges = {};
  /// Offsets in them; counts against the request's limit.
  std::int32_t count = 0;

  bool operator==(const Acquired&) const = default;
};

/// Appends single offsets, given in order, to ranges. Neighbours that were delivered as often become one, but
/// for ranges before the index `first_of_batch`.
void append_offset(std::vector<AcquiredRecords>& ranges, std::size_t first_of_batch, std::int64_t offset,
                   std::int16_t delivery_count);

/// Which of the batches that were read go to the member: by index, the end not included.
struct SentBatches {
  std::size_t first = 0;
  std::size_t end = 0;

  bool operator==(const SentBatches&) const = default;
};

/// Those from the first acquired offset to the last; some ranges and batches.
SentBatches sent_batches(std::span<const FetchedBatch> batches, std::span<const AcquiredRecords> ranges);

/// Batches of transactions that were aborted.
std::vector<FetchedBatch> aborted_batches(std::span<const FetchedBatch> batches,
                                          std::span<const AbortedTransaction> aborted);

/// The ranges without the offsets of these batches; both in order of offsets.
std::vector<AcquiredRecords> without_batches(std::span<const AcquiredRecords> ranges,
                                             std::span<const FetchedBatch> batches);

}  // namespace moldau::share
