#include "log/batch_scanner.h"

#include <algorithm>
#include <utility>

#include "base/endian.h"
#include "log/file_content.h"
#include "protocol/records/batch.h"

namespace moldau::log {
namespace {

/// Magic 1 has the timestamp behind CRC, magic and attributes.
constexpr std::size_t kLegacyTimestampAt = 18;

}  // namespace

std::optional<BatchPlace> describe_batch(ByteView header, std::int64_t position) {
  using namespace records;
  if (header.size() < kHeaderSizeUpToMagic) return std::nullopt;
  const auto length = load_big_endian<std::int32_t>(header.data() + kLengthAt);
  const auto magic = load_big_endian<std::int8_t>(header.data() + kMagicAt);
  const std::int64_t size = std::int64_t{length} + static_cast<std::int64_t>(kLogOverhead);
  if (magic == kMagicV2) {
    const auto batch = BatchHeader::parse(header);
    if (!batch) return std::nullopt;
    return BatchPlace{.position = position,
                      .size_bytes = size,
                      .base_offset = batch->base_offset(),
                      .last_offset = batch->last_offset(),
                      .max_timestamp_ms = batch->max_timestamp(),
                      .leader_epoch = batch->partition_leader_epoch(),
                      .magic = magic};
  }
  if (length < kSmallestLength || magic < kMagicV0 || magic > kMagicV2) return std::nullopt;
  BatchPlace place{.position = position, .size_bytes = size, .magic = magic};
  place.base_offset = load_big_endian<std::int64_t>(header.data());
  place.last_offset = place.base_offset;
  if (magic == kMagicV1) {
    if (header.size() < kLegacyTimestampAt + sizeof(std::int64_t)) return std::nullopt;
    place.max_timestamp_ms = load_big_endian<std::int64_t>(header.data() + kLegacyTimestampAt);
  }
  return place;
}

Result<std::optional<ByteView>> BatchScanner::peek(std::int64_t size) {
  if (end_ - position_ < size) return std::nullopt;
  if (position_ < chunk_at_ || position_ + size > chunk_at_ + chunk_size_) {
    chunk_size_ = 0;
    const std::int64_t wanted = std::min<std::int64_t>(kChunkBytes, end_ - position_);
    const auto read = read_exactly(*file_, static_cast<std::uint64_t>(position_),
                                   MutableBytes(chunk_).first(static_cast<std::size_t>(wanted)));
    if (!read) return fail(read.error());
    chunk_at_ = position_;
    chunk_size_ = wanted;
  }
  return ByteView(chunk_).subspan(static_cast<std::size_t>(position_ - chunk_at_),
                                  static_cast<std::size_t>(size));
}

Result<std::optional<BatchPlace>> BatchScanner::next() {
  constexpr auto kHeader = static_cast<std::int64_t>(records::kBatchHeaderSize);
  if (position_ < 0 || position_ >= end_) return std::nullopt;
  auto header = peek(std::min(kHeader, end_ - position_));
  if (!header) return fail(std::move(header).error());
  if (!*header) return std::nullopt;
  auto place = describe_batch(**header, position_);
  if (!place || place->size_bytes > end_ - position_) return std::nullopt;
  header_at_ = static_cast<std::size_t>(position_ - chunk_at_);
  header_size_ = (*header)->size();
  position_ += place->size_bytes;
  return place;
}

}  // namespace moldau::log
