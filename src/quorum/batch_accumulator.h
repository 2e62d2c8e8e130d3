#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace moldau::quorum {

/// Bytes that a batch of the metadata log may take, header included.
inline constexpr std::size_t kMaxBatchSizeBytes = 8 * 1024 * 1024;

/// The most records that a controller's operation puts into one batch.
inline constexpr std::size_t kMaxRecordsPerRun = 10'000;

/// Records that become one batch of the log.
struct DataBatch {
  std::int64_t base_offset = 0;
  std::int32_t epoch = 0;  ///< Partition leader epoch of the batch.
  std::vector<Bytes>
      records;  ///< Record values in offset order; keys are null (docs/formats/metadata-records.md).

  std::int64_t next_offset() const { return base_offset + static_cast<std::int64_t>(records.size()); }

  bool operator==(const DataBatch&) const = default;
};

/// Collects a leader's records into batches and gives each its offset when it is appended, so that a caller
/// knows the offset before anything is written.
class BatchAccumulator {
 public:
  BatchAccumulator(std::int32_t epoch, std::int64_t next_offset,
                   std::size_t max_batch_size_bytes = kMaxBatchSizeBytes)
      : epoch_(epoch), next_offset_(next_offset), max_batch_size_bytes_(max_batch_size_bytes) {}

  /// Takes the records and returns the offset of the first. `atomic` ones go into one batch; others in runs
  /// of up to kMaxRecordsPerRun, each within one batch. RECORD_LIST_TOO_LARGE if a batch cannot hold that, or
  /// if atomic ones are more than a run; nothing is taken then. An empty list takes no offset.
  Result<std::int64_t> append(std::vector<Bytes> records, bool atomic);

  /// All that was appended since the last drain, in offset order; the open batch is closed.
  std::vector<DataBatch> drain();

  /// Offset that the next record gets.
  std::int64_t next_offset() const { return next_offset_; }
  bool empty() const { return completed_.empty() && open_.records.empty(); }

 private:
  bool fits_alone(std::span<const Bytes> run) const;
  void append_run(std::span<Bytes> run);
  void close_open_batch();

  std::int32_t epoch_;
  std::int64_t next_offset_;
  std::size_t max_batch_size_bytes_;
  std::vector<DataBatch> completed_;
  DataBatch open_;
  std::size_t open_size_bytes_ = 0;
};

}  // namespace moldau::quorum
