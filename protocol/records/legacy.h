#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"
#include "protocol/records/batch.h"
#include "protocol/records/codec.h"
#include "protocol/records/record_iterator.h"
#include "protocol/records/stream_source.h"

namespace moldau::records {

/// An entry of a message set of magic 0 or 1, where it lies: one record, or the wrapper of several compressed
/// ones. Read only; Moldau writes magic 2 alone. The bytes outlive the view.
class LegacyEntry {
 public:
  /// The entry that starts at the first byte. CORRUPT_MESSAGE for another magic, or if the entry or one of
  /// its fields is not all there.
  static Result<LegacyEntry> parse(ByteView bytes);

  /// Of the record; for a wrapper, of the last record in it.
  std::int64_t offset() const { return load_big_endian<std::int64_t>(bytes_.data()); }
  std::size_t size_bytes() const { return bytes_.size(); }
  std::int8_t magic() const { return load_big_endian<std::int8_t>(bytes_.data() + kMagicAt); }
  /// CRC-32 (not Castagnoli's) of everything from the magic on.
  std::uint32_t crc() const { return load_big_endian<std::uint32_t>(bytes_.data() + kLogOverhead); }
  bool is_valid() const;
  /// nullopt for an id that is no codec. Magic 0 and 1 have no zstd.
  std::optional<Codec> codec() const;
  /// CreateTime for magic 0, which has no timestamps.
  TimestampType timestamp_type() const;
  /// kNoTimestamp for magic 0.
  TimestampMs timestamp_ms() const;
  const std::optional<ByteView>& key() const { return key_; }
  const std::optional<ByteView>& value() const { return value_; }

 private:
  explicit LegacyEntry(ByteView bytes) : bytes_(bytes) {}
  std::uint8_t attributes() const;

  ByteView bytes_;
  std::optional<ByteView> key_;
  std::optional<ByteView> value_;
};

/// Iterates over the records of one entry: one if it is plain, else those in the wrapper, whose offsets are
/// relative in magic 1. A compressed wrapper of magic 1 is decoded twice, as the base of the offsets is known
/// only at its end; neither pass holds more than one record. Entry and decoders outlive it.
class LegacyIterator {
 public:
  /// INVALID_RECORD for a wrapper without a value, with an unknown codec or zstd, without records, or with
  /// offsets that do not fit; the codec's error for a broken stream.
  static Result<LegacyIterator> open(const LegacyEntry& entry, DecoderSet& decoders,
                                     const DecodeLimits& limits = {});

  /// As RecordIterator::next. Sequences and headers are never there.
  Result<bool> next(RecordView& record);

  /// The entry of the record that was handed out last: within a wrapper it has a CRC of its own.
  const LegacyEntry& current() const { return current_; }

 private:
  LegacyIterator(const LegacyEntry& entry, std::optional<StreamSource> source, std::int64_t base_offset)
      : entry_(entry), current_(entry), source_(std::move(source)), base_offset_(base_offset) {}

  LegacyEntry entry_;
  LegacyEntry current_;
  std::optional<StreamSource> source_;  ///< Of the inner records; nullopt for a plain entry.
  std::int64_t base_offset_;            ///< Added to the inner offsets.
  Buffer scratch_;                      ///< Holds the record that was handed out.
  bool ended_ = false;
};

}  // namespace moldau::records
