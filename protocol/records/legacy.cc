#include "protocol/records/legacy.h"

#include <array>
#include <cstring>
#include <string>
#include <utility>

#include <zlib.h>

#include "base/buffer.h"

namespace moldau::records {
namespace {

// Positions in an entry: base offset 0, length 8, CRC 12, magic 16, attributes 17, then for magic 1 the
// timestamp 18, then key and value, each behind a length of four bytes.
constexpr std::size_t kLegacyAttributesAt = 17;
constexpr std::size_t kLegacyTimestampAt = 18;
constexpr std::size_t kFieldsAtV0 = 18;
constexpr std::size_t kFieldsAtV1 = 26;

std::unexpected<Error> corrupt(std::string what) {
  return fail(ErrorCode::kCorruptMessage, "entry of a legacy message set: " + std::move(what));
}

std::unexpected<Error> invalid(std::string what) {
  return fail(ErrorCode::kInvalidRecord, "compressed legacy message set: " + std::move(what));
}

/// Reads the nullable field at `position` and moves that behind it; false if it is not all there.
bool read_field(ByteView bytes, std::size_t& position, std::optional<ByteView>& field) {
  if (bytes.size() - position < 4) return false;
  const auto length = load_big_endian<std::int32_t>(bytes.data() + position);
  position += 4;
  if (length < 0) return true;
  if (static_cast<std::size_t>(length) > bytes.size() - position) return false;
  field = bytes.subspan(position, static_cast<std::size_t>(length));
  position += static_cast<std::size_t>(length);
  return true;
}

/// The next inner entry as bytes, valid until the next call; nullopt at the end. As in Kafka, an entry that
/// is cut off ends the set.
Result<std::optional<ByteView>> next_inner(StreamSource& source, Buffer& entry) {
  const auto overhead = source.take(kLogOverhead);
  if (!overhead) {
    if (source.error()) return fail(*source.error());
    return std::nullopt;
  }
  std::array<std::uint8_t, kLogOverhead> head{};
  std::copy(overhead->begin(), overhead->end(), head.begin());
  const auto length = load_big_endian<std::int32_t>(head.data() + kLengthAt);
  if (length < kSmallestLength || length > RecordIterator::kLargestCompressedRecord) {
    return corrupt("length " + std::to_string(length) + " within a wrapper");
  }
  const auto body = source.take(static_cast<std::size_t>(length));
  if (!body) {
    if (source.error()) return fail(*source.error());
    return std::nullopt;
  }
  entry.resize(0);
  entry.append(head);
  entry.append(*body);
  return std::optional<ByteView>(entry.bytes());
}

}  // namespace

Result<LegacyEntry> LegacyEntry::parse(ByteView bytes) {
  if (bytes.size() < kHeaderSizeUpToMagic) return corrupt("cut off before its magic");
  const auto magic = load_big_endian<std::int8_t>(bytes.data() + kMagicAt);
  if (magic != kMagicV0 && magic != kMagicV1) return corrupt("magic " + std::to_string(magic));
  const auto length = load_big_endian<std::int32_t>(bytes.data() + kLengthAt);
  if (length < kSmallestLength || std::cmp_greater(length, bytes.size() - kLogOverhead)) {
    return corrupt("length " + std::to_string(length));
  }
  LegacyEntry entry(bytes.first(kLogOverhead + static_cast<std::size_t>(length)));
  std::size_t position = magic == kMagicV0 ? kFieldsAtV0 : kFieldsAtV1;
  if (entry.bytes_.size() < position || !read_field(entry.bytes_, position, entry.key_) ||
      !read_field(entry.bytes_, position, entry.value_)) {
    return corrupt("a field is cut off");
  }
  return entry;
}

bool LegacyEntry::is_valid() const {
  const ByteView covered = bytes_.subspan(kMagicAt);
  return crc() == ::crc32_z(0, covered.data(), covered.size());
}

std::uint8_t LegacyEntry::attributes() const {
  return bytes_[kLegacyAttributesAt];
}

std::optional<Codec> LegacyEntry::codec() const {
  const int id = attributes() & kCodecMask;
  if (id > static_cast<int>(Codec::kZstd)) return std::nullopt;
  return static_cast<Codec>(id);
}

TimestampType LegacyEntry::timestamp_type() const {
  const bool by_leader = magic() != kMagicV0 && (attributes() & kLogAppendTimeBit) != 0;
  return by_leader ? TimestampType::kLogAppendTime : TimestampType::kCreateTime;
}

TimestampMs LegacyEntry::timestamp_ms() const {
  return magic() == kMagicV0 ? kNoTimestamp
                             : load_big_endian<std::int64_t>(bytes_.data() + kLegacyTimestampAt);
}

Result<LegacyIterator> LegacyIterator::open(const LegacyEntry& entry, DecoderSet& decoders,
                                            const DecodeLimits& limits) {
  const auto codec = entry.codec();
  if (!codec || *codec == Codec::kZstd) return invalid("a codec that magic 0 and 1 do not have");
  if (*codec == Codec::kNone) return LegacyIterator(entry, std::nullopt, 0);
  if (!entry.value()) return invalid("no value");

  const auto variant = entry.magic() == kMagicV0 ? CodecVariant::kBrokenLz4Checksum : CodecVariant::kStandard;
  const auto inner = [&] { return StreamSource(decoders.open(*codec, *entry.value(), limits, variant)); };
  StreamSource first_pass = inner();
  Buffer scratch;
  std::optional<std::int64_t> last_inner_offset;
  while (true) {
    auto next = next_inner(first_pass, scratch);
    if (!next) return fail(std::move(next).error());
    if (!*next) break;
    last_inner_offset = load_big_endian<std::int64_t>((*next)->data());
  }
  if (!last_inner_offset) return invalid("no records");

  std::int64_t base_offset = 0;
  // An offset of 0 at the wrapper comes from producers that left it out.
  if (entry.magic() == kMagicV1 && entry.offset() != 0) {
    if (entry.offset() < *last_inner_offset) return invalid("offsets beyond the wrapper's");
    base_offset = static_cast<std::int64_t>(static_cast<std::uint64_t>(entry.offset()) -
                                            static_cast<std::uint64_t>(*last_inner_offset));
  }
  return LegacyIterator(entry, inner(), base_offset);
}

Result<bool> LegacyIterator::next(RecordView& record) {
  if (ended_) return false;
  record = RecordView{};
  if (!source_) {
    ended_ = true;
    record.offset = entry_.offset();
    record.timestamp_ms = entry_.timestamp_ms();
    record.key = entry_.key();
    record.value = entry_.value();
    return true;
  }
  auto bytes = next_inner(*source_, scratch_);
  if (!bytes) return fail(std::move(bytes).error());
  if (!*bytes) {
    ended_ = true;
    return false;
  }
  auto inner = LegacyEntry::parse(**bytes);
  if (!inner) return fail(std::move(inner).error());
  if (inner->codec() != Codec::kNone) return invalid("a compressed record within a wrapper");
  current_ = *inner;
  const bool stamped_by_leader =
      inner->magic() == kMagicV1 && entry_.timestamp_type() == TimestampType::kLogAppendTime;
  record.offset = static_cast<std::int64_t>(static_cast<std::uint64_t>(base_offset_) +
                                            static_cast<std::uint64_t>(inner->offset()));
  record.timestamp_ms = stamped_by_leader ? entry_.timestamp_ms() : inner->timestamp_ms();
  record.key = inner->key();
  record.value = inner->value();
  return true;
}

}  // namespace moldau::records
