#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/result.h"
#include "log/transaction_index.h"
#include "protocol/records/batch.h"

namespace moldau::log {

/// Follows transactions through the batches that a pass of compaction reads, in the order of their offsets.
/// Says which data was aborted, and which markers have no data left in front of them.
class CleanedTransactions {
 public:
  /// Adds aborted transactions of the batches to come, in any order and as often as one likes.
  void add(std::span<const AbortedTransaction> aborted);

  /// A batch with data has been read. True if its transaction was aborted: no reader wants it.
  bool read_data(const records::BatchHeader& batch);

  /// What is known of a marker.
  struct Marker {
    /// No batch of its transaction was read, or it is not there any more itself: it need not stay.
    bool is_removable = false;
    /// Goes into the transaction index of the compacted segment: its data was read in this pass, and readers
    /// that began before may still come to the marker.
    std::optional<AbortedTransaction> still_aborted = {};
  };
  /// A control batch has been read. INVALID_RECORD if it is malformed.
  Result<Marker> read_control(const records::BatchView& batch);

 private:
  struct Ongoing {
    AbortedTransaction transaction;
    bool has_data = false;
  };

  void begin_up_to(std::int64_t offset);

  std::map<std::pair<std::int64_t, std::int64_t>, AbortedTransaction> ahead_;  ///< By first offset, producer.
  std::unordered_map<std::int64_t, Ongoing> aborted_;                          ///< By producer.
  std::unordered_set<std::int64_t> with_data_;  ///< Producers of data that was not aborted so far.
};

}  // namespace moldau::log
