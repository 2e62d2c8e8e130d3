#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"
#include "log/batch_scanner.h"
#include "log/cleaned_transactions.h"
#include "log/offset_map.h"
#include "log/record_retention.h"
#include "protocol/records/builder.h"
#include "protocol/records/codec.h"
#include "protocol/records/legacy.h"
#include "protocol/records/record_iterator.h"

namespace moldau::log {

/// Writes what stays of the batches of a log. A batch of which all stays is copied byte for byte. Else it is
/// built anew with the records that stay, at their offsets: with its codec, its kind of timestamps and its
/// last offset, and in the codec's standard level. One of which nothing stays is left out, or becomes a
/// header without records. Batches of magic 0 and 1 become batches of magic 2. Memory: the batch as it is
/// written, uncompressed.
class BatchFilter {
 public:
  /// Map, transactions and last records outlive it; the transactions are told of all batches.
  BatchFilter(const OffsetMap& map, CleanedTransactions& transactions, const LastRecords& last_records,
              const RetentionRules& rules)
      : map_(&map), transactions_(&transactions), last_records_(&last_records), rules_(rules) {}

  struct Outcome {
    std::int32_t records_read = 0;  ///< Of batches whose records were looked at.
    std::int32_t records_kept = 0;
    std::int32_t records_without_key = 0;
    std::optional<AbortedTransaction> still_aborted = {};  ///< CleanedTransactions::Marker
  };

  /// Appends what stays of a whole batch whose CRC is right. Tombstones of magic 0 and 1 have no delete
  /// horizon: `keeps_legacy_tombstones` says whether they stay. INVALID_RECORD or a codec's error if the
  /// records cannot be read; `out` is unchanged then.
  Result<Outcome> filter(const BatchPlace& place, ByteView bytes, bool keeps_legacy_tombstones, Buffer& out);

 private:
  /// Which records of a batch stay.
  struct Choice {
    std::vector<bool> stays;
    std::int32_t kept = 0;
    std::int64_t first_kept_offset = -1;
    bool has_tombstone = false;  ///< Among those that stay.
  };

  Result<Outcome> filter_batch(const records::BatchView& batch, Buffer& out);
  Result<Outcome> filter_legacy(const records::LegacyEntry& entry, bool keeps_tombstones, Buffer& out);
  template <class Iterator>
  Result<Choice> choose(Iterator& iterator, bool keeps_all, bool keeps_tombstones, Outcome& outcome) const;
  Result<void> rebuild(const records::BatchView& batch, const Choice& choice, bool sets_horizon, Buffer& out);

  const OffsetMap* map_;
  CleanedTransactions* transactions_;
  const LastRecords* last_records_;
  RetentionRules rules_;
  records::DecoderSet decoders_;
};

}  // namespace moldau::log
