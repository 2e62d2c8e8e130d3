#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "protocol/records/batch.h"
#include "protocol/records/builder.h"
#include "protocol/records/codec.h"
#include "protocol/records/stream_source.h"

namespace moldau::records {

/// Walks over the headers of one record. Copies nothing.
class HeaderCursor {
 public:
  HeaderCursor() = default;
  /// `bytes` hold `count` well-formed headers, without their number.
  HeaderCursor(ByteView bytes, std::int32_t count) : rest_(bytes), left_(count) {}

  std::int32_t remaining() const { return left_; }
  /// The next header, valid as long as its record; nullopt behind the last.
  std::optional<RecordHeader> next();

 private:
  ByteView rest_;
  std::int32_t left_ = 0;
};

/// One record as a reader sees it. Key, value and headers are valid until the next step of the iterator.
struct RecordView {
  std::int64_t offset = 0;
  TimestampMs timestamp_ms = kNoTimestamp;  ///< The batch's maximum under LogAppendTime.
  std::int32_t sequence = kNoSequence;
  std::optional<ByteView> key;
  std::optional<ByteView> value;
  HeaderCursor headers;
};

/// Iterates over the records of one batch of magic 2, compressed or not. Judges their form only: the CRC is
/// the caller's matter. Batch and decoders outlive it, and until its end nothing else opens the same codec
/// there.
class RecordIterator {
 public:
  /// A record of a compressed batch may be this large, as it is held in one piece.
  static constexpr std::int32_t kLargestCompressedRecord = std::int32_t{256} << 20;

  /// INVALID_RECORD if the batch has an unknown codec or a negative count.
  static Result<RecordIterator> open(const BatchView& batch, DecoderSet& decoders,
                                     const DecodeLimits& limits = {});

  /// Fills in the next record and answers true, or false behind the last. INVALID_RECORD for a malformed
  /// record, or if there are more or fewer bytes than records; the codec's error for a broken stream. There
  /// is nothing more to ask after an error.
  Result<bool> next(RecordView& record);

 private:
  RecordIterator(const BatchView& batch, Decoder& decoder) : batch_(batch), source_(decoder) {}

  Error malformed(RecordFault fault) const;
  RecordFault read(RecordView& record);
  RecordFault read_body(ByteView body, RecordView& record) const;

  BatchView batch_;
  StreamSource source_;
  std::int32_t read_ = 0;
};

/// Calls visit(record) for each record of the batch, until it fails. The errors of RecordIterator, or
/// `visit`'s.
template <class Visit>
Result<void> for_each_record(const BatchView& batch, DecoderSet& decoders, Visit visit) {
  auto iterator = RecordIterator::open(batch, decoders);
  if (!iterator) return fail(std::move(iterator).error());
  RecordView record;
  while (true) {
    const auto more = iterator->next(record);
    if (!more) return fail(more.error());
    if (!*more) return {};
    if (Result<void> visited = visit(record); !visited) return visited;
  }
}

}  // namespace moldau::records
