#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/endian.h"
#include "base/result.h"
#include "base/time.h"

namespace moldau::records {

/// Positions of the fields of a record batch of magic 2, in bytes from its first byte (docs/record-batch.md).
inline constexpr std::size_t kBaseOffsetAt = 0;
inline constexpr std::size_t kLengthAt = 8;
inline constexpr std::size_t kPartitionLeaderEpochAt = 12;
inline constexpr std::size_t kMagicAt = 16;
inline constexpr std::size_t kCrcAt = 17;
inline constexpr std::size_t kAttributesAt = 21;
inline constexpr std::size_t kLastOffsetDeltaAt = 23;
inline constexpr std::size_t kBaseTimestampAt = 27;
inline constexpr std::size_t kMaxTimestampAt = 35;
inline constexpr std::size_t kProducerIdAt = 43;
inline constexpr std::size_t kProducerEpochAt = 51;
inline constexpr std::size_t kBaseSequenceAt = 53;
inline constexpr std::size_t kRecordCountAt = 57;
inline constexpr std::size_t kBatchHeaderSize = 61;

/// Bytes before the part that the length field counts (base offset and the length itself); same in all
/// magics.
inline constexpr std::size_t kLogOverhead = 12;
/// Bytes of an entry that must be there before its magic can be read; same position in all magics.
inline constexpr std::size_t kHeaderSizeUpToMagic = 17;
/// The smallest length field that any magic allows: an entry of magic 0 with neither key nor value.
inline constexpr std::int32_t kSmallestLength = 14;

inline constexpr std::int8_t kMagicV0 = 0;
inline constexpr std::int8_t kMagicV1 = 1;
inline constexpr std::int8_t kMagicV2 = 2;

inline constexpr TimestampMs kNoTimestamp = -1;
inline constexpr std::int64_t kNoProducerId = -1;
inline constexpr std::int16_t kNoProducerEpoch = -1;
inline constexpr std::int32_t kNoSequence = -1;
inline constexpr std::int32_t kNoPartitionLeaderEpoch = -1;

/// Bits of the attributes field.
inline constexpr std::int16_t kCodecMask = 0x07;
inline constexpr std::int16_t kLogAppendTimeBit = 0x08;
inline constexpr std::int16_t kTransactionalBit = 0x10;
inline constexpr std::int16_t kControlBit = 0x20;
inline constexpr std::int16_t kDeleteHorizonBit = 0x40;

/// How the records of a batch are compressed; values as on the wire.
enum class Codec : std::uint8_t { kNone = 0, kGzip = 1, kSnappy = 2, kLz4 = 3, kZstd = 4 };

/// The codec's name in configurations: "none", "gzip", "snappy", "lz4", "zstd". Static storage.
std::string_view codec_name(Codec codec);

/// Whether a record's timestamp is the producer's or the leader's; values as in the attribute bit.
enum class TimestampType : std::uint8_t { kCreateTime = 0, kLogAppendTime = 1 };

/// `sequence` moved on by `increment` >= 0; sequences wrap from 2^31-1 to 0.
constexpr std::int32_t increment_sequence(std::int32_t sequence, std::int32_t increment) {
  constexpr std::int32_t kLargest = std::numeric_limits<std::int32_t>::max();
  if (sequence > kLargest - increment) return increment - (kLargest - sequence) - 1;
  return sequence + increment;
}

/// `sequence` >= 0 moved back by `decrement` >= 0; the inverse of increment_sequence.
constexpr std::int32_t decrement_sequence(std::int32_t sequence, std::int32_t decrement) {
  constexpr std::int32_t kLargest = std::numeric_limits<std::int32_t>::max();
  if (sequence < decrement) return kLargest - (decrement - sequence) + 1;
  return sequence - decrement;
}

/// The fixed header of a batch of magic 2, seen where it lies. The bytes behind it need not be there, so
/// a log scan can hand in 61 bytes. Copies nothing: the bytes outlive the view.
class BatchHeader {
 public:
  /// Looks at the first 61 bytes of `bytes`. CORRUPT_MESSAGE if there are fewer, if the magic is not 2 or
  /// if the length field is smaller than a header.
  static Result<BatchHeader> parse(ByteView bytes);

  std::int64_t base_offset() const { return load<std::int64_t>(kBaseOffsetAt); }
  /// The length field: bytes that follow it.
  std::int32_t length() const { return load<std::int32_t>(kLengthAt); }
  /// The whole batch with its header.
  std::size_t size_bytes() const { return kLogOverhead + static_cast<std::size_t>(length()); }
  std::int32_t partition_leader_epoch() const { return load<std::int32_t>(kPartitionLeaderEpochAt); }
  std::int8_t magic() const { return kMagicV2; }
  std::uint32_t crc() const { return load<std::uint32_t>(kCrcAt); }
  std::int16_t attributes() const { return load<std::int16_t>(kAttributesAt); }
  std::int32_t last_offset_delta() const { return load<std::int32_t>(kLastOffsetDeltaAt); }
  /// Base offset plus last offset delta, wrapping as Java does.
  std::int64_t last_offset() const {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(base_offset()) +
                                     static_cast<std::uint64_t>(std::int64_t{last_offset_delta()}));
  }
  /// The offset after the batch, which the next batch of a log starts at.
  std::int64_t next_offset() const {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(last_offset()) + 1);
  }
  /// The timestamp that the records' deltas are relative to. Where has_delete_horizon(), the time from
  /// which the batch's tombstones or markers may go instead.
  TimestampMs base_timestamp() const { return load<std::int64_t>(kBaseTimestampAt); }
  TimestampMs max_timestamp() const { return load<std::int64_t>(kMaxTimestampAt); }
  std::int64_t producer_id() const { return load<std::int64_t>(kProducerIdAt); }
  std::int16_t producer_epoch() const { return load<std::int16_t>(kProducerEpochAt); }
  std::int32_t base_sequence() const { return load<std::int32_t>(kBaseSequenceAt); }
  /// Sequence of the last record, or kNoSequence.
  std::int32_t last_sequence() const;
  std::int32_t record_count() const { return load<std::int32_t>(kRecordCountAt); }

  /// Bits 0-2 of the attributes; nullopt for the ids 5, 6 and 7 that no codec has.
  std::optional<Codec> codec() const;
  int codec_id() const { return attributes() & kCodecMask; }
  bool is_compressed() const { return codec_id() != 0; }
  TimestampType timestamp_type() const {
    return has(kLogAppendTimeBit) ? TimestampType::kLogAppendTime : TimestampType::kCreateTime;
  }
  bool is_transactional() const { return has(kTransactionalBit); }
  bool is_control() const { return has(kControlBit); }
  bool has_delete_horizon() const { return has(kDeleteHorizonBit); }
  std::optional<TimestampMs> delete_horizon_ms() const {
    return has_delete_horizon() ? std::optional(base_timestamp()) : std::nullopt;
  }
  bool has_producer_id() const { return producer_id() > kNoProducerId; }

 protected:
  explicit BatchHeader(const std::uint8_t* at) : at_(at) {}
  const std::uint8_t* at() const { return at_; }

 private:
  template <class T>
  T load(std::size_t position) const {
    return load_big_endian<T>(at_ + position);
  }
  bool has(std::int16_t bit) const { return (attributes() & bit) != 0; }

  const std::uint8_t* at_;
};

/// A whole batch of magic 2 where it lies: the header and the records behind it. The bytes outlive the view.
/// Nothing but the sizes is checked: is_valid() compares the CRC, validate.h and RecordIterator judge
/// records.
class BatchView : public BatchHeader {
 public:
  /// The batch that starts at the first byte; bytes behind its end are left alone. CORRUPT_MESSAGE if the
  /// magic is not 2, or the batch is not all there.
  static Result<BatchView> parse(ByteView bytes);

  /// Exactly the batch.
  ByteView bytes() const { return {at(), size_bytes()}; }
  /// What stands behind the header: the records, or one compressed block of them.
  ByteView records() const { return bytes().subspan(kBatchHeaderSize); }
  /// CRC-32C of everything from the attributes on.
  std::uint32_t compute_crc() const;
  /// True if the stored CRC is the right one.
  bool is_valid() const { return crc() == compute_crc(); }

 private:
  explicit BatchView(BatchHeader header) : BatchHeader(header) {}
};

/// The fields that a leader sets in place before it appends a batch. Made from writable bytes of one batch.
class MutableBatch {
 public:
  /// As BatchView::parse.
  static Result<MutableBatch> parse(MutableBytes bytes);

  /// The batch as it now stands.
  BatchView view() const;

  /// Outside the CRC.
  void set_base_offset(std::int64_t offset) { store_big_endian(bytes_.data() + kBaseOffsetAt, offset); }
  /// Moves the base offset so that the last record has `offset`. Outside the CRC.
  void set_last_offset(std::int64_t offset);
  /// Outside the CRC.
  void set_partition_leader_epoch(std::int32_t epoch) {
    store_big_endian(bytes_.data() + kPartitionLeaderEpochAt, epoch);
  }
  /// Sets timestamp type and maximum. The CRC is recomputed only if either changes; then the attribute bits
  /// that Kafka knows are kept and all others cleared, as Kafka does.
  void set_max_timestamp(TimestampType type, TimestampMs max_timestamp_ms);
  /// Stores the CRC of the bytes as they stand.
  void update_crc();

 private:
  explicit MutableBatch(MutableBytes bytes) : bytes_(bytes) {}

  MutableBytes bytes_;
};

/// Why a BatchCursor yields nothing more.
enum class CursorStop : std::uint8_t {
  kNone,         ///< It has not stopped.
  kEnd,          ///< Behind the last byte of the range, which ends with a whole entry.
  kPartial,      ///< The range ends within an entry: the tail of a fetch, or of a log cut by a crash.
  kCorruptSize,  ///< A length field below the smallest possible, or above the limit given.
  kUnknownMagic  ///< A magic other than 0, 1 or 2.
};

/// One whole entry of a byte range: a batch of magic 2, or an entry of a legacy message set (legacy.h).
struct Entry {
  ByteView bytes;        ///< Exactly the entry, with its 12 bytes of overhead.
  std::size_t position;  ///< Of its first byte in the range.
  std::int8_t magic;     ///< 0, 1 or 2; for 2 BatchView::parse(bytes) succeeds.
};

/// Walks over the entries of a byte range without copying. Never reads outside of the range.
class BatchCursor {
 public:
  /// `largest_length` bounds the length field; an entry beyond it stops the walk as kCorruptSize.
  explicit BatchCursor(ByteView range, std::int32_t largest_length = std::numeric_limits<std::int32_t>::max())
      : range_(range), largest_length_(largest_length) {}

  /// The next whole entry, or nullopt: then stop() says why, for good.
  std::optional<Entry> next();

  CursorStop stop() const { return stop_; }
  /// Of the first byte that has not been yielded: the number of bytes in whole entries once stopped.
  std::size_t position() const { return position_; }

 private:
  /// What stands at position_: kNone with the entry's size set, or the reason to stop.
  CursorStop examine(std::size_t& size_bytes) const;

  ByteView range_;
  std::int32_t largest_length_;
  std::size_t position_ = 0;
  CursorStop stop_ = CursorStop::kNone;
};

}  // namespace moldau::records
