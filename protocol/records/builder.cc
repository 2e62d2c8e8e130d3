#include "protocol/records/builder.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/assert.h"
#include "base/endian.h"
#include "protocol/records/crc32c.h"
#include "protocol/records/varint.h"

namespace moldau::records {
namespace {

constexpr std::size_t kControlKeySize = 4;

std::size_t nullable_size(const std::optional<ByteView>& bytes) {
  if (!bytes) return varint_size(std::int32_t{-1});
  return varint_size(static_cast<std::int32_t>(bytes->size())) + bytes->size();
}

std::uint8_t* write_nullable(std::uint8_t* to, const std::optional<ByteView>& bytes) {
  if (!bytes) return write_varint(to, std::int32_t{-1});
  to = write_varint(to, static_cast<std::int32_t>(bytes->size()));
  return std::copy(bytes->begin(), bytes->end(), to);
}

/// Size of a record without the length in front of it. Our own callers keep records within 2^31-1 bytes.
std::size_t body_size(std::int64_t timestamp_delta, std::int32_t offset_delta, const RecordData& record) {
  std::size_t size = 1 + varint_size(timestamp_delta) + varint_size(offset_delta);
  size += nullable_size(record.key) + nullable_size(record.value);
  size += varint_size(static_cast<std::int32_t>(record.headers.size()));
  for (const RecordHeader& header : record.headers) {
    size += nullable_size(header.key) + nullable_size(header.value);
  }
  require(size <= static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()),
          "a record stays within 2^31-1 bytes");
  return size;
}

void write_record(std::uint8_t* to, std::size_t body, std::int64_t timestamp_delta, std::int32_t offset_delta,
                  const RecordData& record) {
  to = write_varint(to, static_cast<std::int32_t>(body));
  *to++ = 0;  // No attribute of a record is defined.
  to = write_varint(to, timestamp_delta);
  to = write_varint(to, offset_delta);
  to = write_nullable(to, record.key);
  to = write_nullable(to, record.value);
  to = write_varint(to, static_cast<std::int32_t>(record.headers.size()));
  for (const RecordHeader& header : record.headers) {
    to = write_nullable(to, header.key);
    to = write_nullable(to, header.value);
  }
}

std::int64_t difference(TimestampMs later, TimestampMs earlier) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(later) - static_cast<std::uint64_t>(earlier));
}

}  // namespace

std::size_t record_size(std::int32_t offset_delta, std::int64_t timestamp_delta, const RecordData& record) {
  const std::size_t body = body_size(timestamp_delta, offset_delta, record);
  return varint_size(static_cast<std::int32_t>(body)) + body;
}

Result<std::optional<ControlType>> parse_control_key(ByteView key) {
  if (key.size() < kControlKeySize) {
    return fail(ErrorCode::kInvalidRecord, "key of a control record has fewer than 4 bytes");
  }
  if (load_big_endian<std::int16_t>(key.data()) < 0) {
    return fail(ErrorCode::kInvalidRecord, "key of a control record has a negative version");
  }
  const auto type = load_big_endian<std::int16_t>(key.data() + 2);
  if (type < 0 || type > static_cast<std::int16_t>(ControlType::kKraftVoters)) return std::nullopt;
  return static_cast<ControlType>(type);
}

BatchBuilder::BatchBuilder(const BatchSpec& spec)
    : spec_(spec), buffer_(kBatchHeaderSize), base_timestamp_ms_(spec.delete_horizon_ms) {
  const bool has_producer = spec.producer_id != kNoProducerId;
  require(has_producer || !spec.is_transactional, "a transactional batch names its producer");
  require(!has_producer || spec.producer_epoch >= 0, "a producer has an epoch");
  require(!has_producer || spec.base_sequence >= 0 || spec.is_control, "a producer's data has a sequence");
}

std::int64_t BatchBuilder::next_offset() const {
  return record_count_ == 0 ? spec_.base_offset : last_offset_ + 1;
}

std::size_t BatchBuilder::size_of_next(const RecordData& record) const {
  const TimestampMs base_timestamp_ms = base_timestamp_ms_.value_or(record.timestamp_ms);
  return record_size(static_cast<std::int32_t>(next_offset() - spec_.base_offset),
                     difference(record.timestamp_ms, base_timestamp_ms), record);
}

void BatchBuilder::append(const RecordData& record) {
  append_at(next_offset(), record);
}

void BatchBuilder::append_at(std::int64_t offset, const RecordData& record) {
  require(offset >= next_offset(), "offsets of a batch rise");
  require(offset - spec_.base_offset <= std::numeric_limits<std::int32_t>::max(),
          "offset deltas stay within 2^31-1");
  require(record.timestamp_ms >= kNoTimestamp, "a timestamp is not negative, or kNoTimestamp");
  if (!base_timestamp_ms_) base_timestamp_ms_ = record.timestamp_ms;

  const std::int64_t timestamp_delta = difference(record.timestamp_ms, *base_timestamp_ms_);
  const auto offset_delta = static_cast<std::int32_t>(offset - spec_.base_offset);
  const std::size_t body = body_size(timestamp_delta, offset_delta, record);
  const std::size_t start = buffer_.size();
  const std::size_t end = start + varint_size(static_cast<std::int32_t>(body)) + body;
  if (end > buffer_.capacity()) buffer_.reserve(std::max(end, 2 * buffer_.capacity()));
  buffer_.resize(end);
  write_record(buffer_.data() + start, body, timestamp_delta, offset_delta, record);

  last_offset_ = offset;
  ++record_count_;
  max_timestamp_ms_ = std::max(max_timestamp_ms_, record.timestamp_ms);
}

void BatchBuilder::append_control(TimestampMs timestamp_ms, ControlType type, ByteView value) {
  require(spec_.is_control, "control records stand in control batches");
  std::array<std::uint8_t, kControlKeySize> key{};
  store_big_endian(key.data() + 2, static_cast<std::int16_t>(type));
  append({.timestamp_ms = timestamp_ms, .key = ByteView(key), .value = value, .headers = {}});
}

void BatchBuilder::append_end_txn_marker(TimestampMs timestamp_ms, ControlType type,
                                         std::int32_t coordinator_epoch) {
  require(type == ControlType::kCommit || type == ControlType::kAbort,
          "a transaction is committed or aborted");
  require(spec_.is_transactional, "markers belong to a transactional producer");
  std::array<std::uint8_t, 6> value{};
  store_big_endian(value.data() + 2, coordinator_epoch);
  append_control(timestamp_ms, type, value);
}

void BatchBuilder::compress_records() {
  Buffer compressed(kBatchHeaderSize);
  compress(spec_.codec, spec_.compression_level, buffer_.bytes().subspan(kBatchHeaderSize), compressed);
  buffer_ = std::move(compressed);
}

void BatchBuilder::write_header() {
  std::uint8_t* const at = buffer_.data();
  int attributes = static_cast<int>(spec_.codec);
  if (spec_.timestamp_type == TimestampType::kLogAppendTime) attributes |= kLogAppendTimeBit;
  if (spec_.is_transactional) attributes |= kTransactionalBit;
  if (spec_.is_control) attributes |= kControlBit;
  if (spec_.delete_horizon_ms) attributes |= kDeleteHorizonBit;
  const TimestampMs max_timestamp_ms =
      spec_.timestamp_type == TimestampType::kLogAppendTime ? spec_.log_append_time_ms : max_timestamp_ms_;

  require(buffer_.size() - kLogOverhead <= static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()),
          "a batch stays within 2^31-1 bytes");
  store_big_endian(at + kBaseOffsetAt, spec_.base_offset);
  store_big_endian(at + kLengthAt, static_cast<std::int32_t>(buffer_.size() - kLogOverhead));
  store_big_endian(at + kPartitionLeaderEpochAt, spec_.partition_leader_epoch);
  store_big_endian(at + kMagicAt, kMagicV2);
  store_big_endian(at + kAttributesAt, static_cast<std::int16_t>(attributes));
  const std::int64_t last_offset = spec_.last_offset.value_or(last_offset_);
  require(last_offset >= last_offset_, "a batch ends behind its records");
  require(last_offset - spec_.base_offset <= std::numeric_limits<std::int32_t>::max(),
          "offset deltas stay within 2^31-1");
  store_big_endian(at + kLastOffsetDeltaAt, static_cast<std::int32_t>(last_offset - spec_.base_offset));
  store_big_endian(at + kBaseTimestampAt, *base_timestamp_ms_);
  store_big_endian(at + kMaxTimestampAt, max_timestamp_ms);
  store_big_endian(at + kProducerIdAt, spec_.producer_id);
  store_big_endian(at + kProducerEpochAt, spec_.producer_epoch);
  store_big_endian(at + kBaseSequenceAt, spec_.base_sequence);
  store_big_endian(at + kRecordCountAt, record_count_);
  store_big_endian(at + kCrcAt, crc32c(buffer_.bytes().subspan(kAttributesAt)));
}

Buffer BatchBuilder::build() && {
  if (record_count_ == 0) return {};
  if (spec_.codec != Codec::kNone) compress_records();
  write_header();
  return std::move(buffer_);
}

Buffer build_control_batch(BatchSpec spec, TimestampMs timestamp_ms, ControlType type, ByteView value) {
  spec.is_control = true;
  BatchBuilder builder(spec);
  builder.append_control(timestamp_ms, type, value);
  return std::move(builder).build();
}

}  // namespace moldau::records
