#include "protocol/records/batch.h"

#include <string>

#include "base/assert.h"
#include "protocol/records/crc32c.h"

namespace moldau::records {
namespace {

constexpr std::int32_t kSmallestBatchLength = static_cast<std::int32_t>(kBatchHeaderSize - kLogOverhead);

}  // namespace

std::string_view codec_name(Codec codec) {
  switch (codec) {
    case Codec::kNone:
      return "none";
    case Codec::kGzip:
      return "gzip";
    case Codec::kSnappy:
      return "snappy";
    case Codec::kLz4:
      return "lz4";
    case Codec::kZstd:
      return "zstd";
  }
  return "unknown";
}

Result<BatchHeader> BatchHeader::parse(ByteView bytes) {
  if (bytes.size() < kBatchHeaderSize) {
    return fail(ErrorCode::kCorruptMessage, "a record batch has a header of 61 bytes, but only " +
                                                std::to_string(bytes.size()) + " bytes are there");
  }
  const BatchHeader header(bytes.data());
  const auto magic = load_big_endian<std::int8_t>(bytes.data() + kMagicAt);
  if (magic != kMagicV2) {
    return fail(ErrorCode::kCorruptMessage, "the magic of a record batch is 2, not " + std::to_string(magic));
  }
  if (header.length() < kSmallestBatchLength) {
    return fail(ErrorCode::kCorruptMessage,
                "record batch length " + std::to_string(header.length()) + " is smaller than its header");
  }
  return header;
}

std::int32_t BatchHeader::last_sequence() const {
  const std::int32_t base = base_sequence();
  if (base == kNoSequence) return kNoSequence;
  const std::int32_t delta = last_offset_delta();
  // Negative numbers only occur in bytes that validation refuses; the sum must still be defined.
  if (base < 0 || delta < 0) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(delta));
  }
  return increment_sequence(base, delta);
}

std::optional<Codec> BatchHeader::codec() const {
  if (codec_id() > static_cast<int>(Codec::kZstd)) return std::nullopt;
  return static_cast<Codec>(codec_id());
}

Result<BatchView> BatchView::parse(ByteView bytes) {
  auto header = BatchHeader::parse(bytes);
  if (!header) return fail(std::move(header).error());
  if (header->size_bytes() > bytes.size()) {
    return fail(ErrorCode::kCorruptMessage, "record batch of " + std::to_string(header->size_bytes()) +
                                                " bytes is cut off after " + std::to_string(bytes.size()));
  }
  return BatchView(*header);
}

std::uint32_t BatchView::compute_crc() const {
  return crc32c(bytes().subspan(kAttributesAt));
}

Result<MutableBatch> MutableBatch::parse(MutableBytes bytes) {
  auto view = BatchView::parse(bytes);
  if (!view) return fail(std::move(view).error());
  return MutableBatch(bytes.first(view->size_bytes()));
}

BatchView MutableBatch::view() const {
  auto view = BatchView::parse(bytes_);
  require(view.has_value(), "setters leave size and magic of a batch alone");
  return *view;
}

void MutableBatch::set_last_offset(std::int64_t offset) {
  set_base_offset(offset - view().last_offset_delta());
}

void MutableBatch::set_max_timestamp(TimestampType type, TimestampMs max_timestamp_ms) {
  const BatchView now = view();
  if (now.timestamp_type() == type && now.max_timestamp() == max_timestamp_ms) return;

  constexpr std::int16_t kKept = kCodecMask | kTransactionalBit | kControlBit | kDeleteHorizonBit;
  int attributes = now.attributes() & kKept;
  if (type == TimestampType::kLogAppendTime) attributes |= kLogAppendTimeBit;
  store_big_endian(bytes_.data() + kAttributesAt, static_cast<std::int16_t>(attributes));
  store_big_endian(bytes_.data() + kMaxTimestampAt, max_timestamp_ms);
  update_crc();
}

void MutableBatch::update_crc() {
  store_big_endian(bytes_.data() + kCrcAt, view().compute_crc());
}

std::optional<Entry> BatchCursor::next() {
  if (stop_ != CursorStop::kNone) return std::nullopt;
  std::size_t size_bytes = 0;
  stop_ = examine(size_bytes);
  if (stop_ != CursorStop::kNone) return std::nullopt;

  const ByteView bytes = range_.subspan(position_, size_bytes);
  const Entry entry{bytes, position_, load_big_endian<std::int8_t>(bytes.data() + kMagicAt)};
  position_ += size_bytes;
  return entry;
}

CursorStop BatchCursor::examine(std::size_t& size_bytes) const {
  const ByteView rest = range_.subspan(position_);
  if (rest.empty()) return CursorStop::kEnd;
  if (rest.size() < kLogOverhead) return CursorStop::kPartial;
  const auto length = load_big_endian<std::int32_t>(rest.data() + kLengthAt);
  if (length < kSmallestLength || length > largest_length_) return CursorStop::kCorruptSize;
  if (rest.size() < kHeaderSizeUpToMagic) return CursorStop::kPartial;
  const auto magic = load_big_endian<std::int8_t>(rest.data() + kMagicAt);
  if (magic < kMagicV0 || magic > kMagicV2) return CursorStop::kUnknownMagic;
  if (magic == kMagicV2 && length < kSmallestBatchLength) return CursorStop::kCorruptSize;
  size_bytes = kLogOverhead + static_cast<std::size_t>(length);
  return rest.size() < size_bytes ? CursorStop::kPartial : CursorStop::kNone;
}

}  // namespace moldau::records
