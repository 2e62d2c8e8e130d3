#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"

namespace moldau::log {

/// A batch that a producer wrote, as far as it is remembered.
struct ProducedBatch {
  std::int32_t last_sequence = -1;
  std::int64_t last_offset = -1;
  std::int32_t offset_delta = 0;  ///< Last offset less base offset.
  TimestampMs timestamp_ms = -1;  ///< Maximum timestamp.

  std::int64_t base_offset() const { return last_offset - offset_delta; }
  std::int32_t base_sequence() const;

  bool operator==(const ProducedBatch&) const = default;
};

/// What a partition knows of one producer id (KIP-98).
struct ProducerEntry {
  /// Retries of so many last batches are recognized.
  static constexpr std::size_t kBatchesKept = 5;

  std::int64_t producer_id = -1;
  std::int16_t epoch = -1;
  std::int32_t coordinator_epoch = -1;
  TimestampMs last_timestamp_ms = -1;
  std::optional<std::int64_t> transaction_first_offset = {};  ///< Of the transaction under way.
  std::vector<ProducedBatch> batches = {};                    ///< Of the present epoch, oldest first.

  std::int32_t last_sequence() const { return batches.empty() ? -1 : batches.back().last_sequence; }
  std::int64_t last_data_offset() const { return batches.empty() ? -1 : batches.back().last_offset; }
  std::int32_t last_offset_delta() const { return batches.empty() ? 0 : batches.back().offset_delta; }

  bool has_open_transaction(std::int16_t of_epoch) const {
    return transaction_first_offset.has_value() && epoch == of_epoch;
  }

  /// The remembered batch with exactly these sequences, of this epoch.
  std::optional<ProducedBatch> find_duplicate(std::int16_t batch_epoch, std::int32_t first_sequence,
                                              std::int32_t last_sequence) const;

  /// Batches of an earlier epoch are forgotten when the epoch changes.
  void set_epoch(std::int16_t new_epoch);
  void add_batch(std::int16_t batch_epoch, const ProducedBatch& batch);
  /// Remembers a batch of the present epoch that the oldest remembered one follows. One that is known is
  /// passed over. False if neither it nor one before it is of use: those kept are all, or the first ones.
  bool recall(const ProducedBatch& earlier);

  bool operator==(const ProducerEntry&) const = default;
};

}  // namespace moldau::log
