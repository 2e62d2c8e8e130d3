#include "protocol/records/record_iterator.h"

#include <string>
#include <utility>

#include "base/assert.h"
#include "protocol/records/record_scan.h"

namespace moldau::records {
namespace {

/// Reads a nullable bytes field of a record of which `body` is the whole.
RecordFault read_bytes(SpanSource& source, ByteView body, std::optional<ByteView>& field) {
  std::int32_t length = 0;
  if (const auto fault = read_varint(source, length); fault != RecordFault::kNone) return fault;
  field.reset();
  if (length < 0) return RecordFault::kNone;
  const auto start = static_cast<std::size_t>(source.position());
  if (!source.skip(static_cast<std::size_t>(length))) return RecordFault::kBadFieldLength;
  field = body.subspan(start, static_cast<std::size_t>(length));
  return RecordFault::kNone;
}

std::int64_t wrapping_add(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

}  // namespace

std::optional<RecordHeader> HeaderCursor::next() {
  if (left_ == 0) return std::nullopt;
  SpanSource source(rest_);
  std::optional<ByteView> key;
  std::optional<ByteView> value;
  const bool sound = read_bytes(source, rest_, key) == RecordFault::kNone &&
                     read_bytes(source, rest_, value) == RecordFault::kNone;
  require(sound && key.has_value(), "headers are checked before a record is handed out");
  rest_ = rest_.subspan(static_cast<std::size_t>(source.position()));
  --left_;
  return RecordHeader{*key, value};
}

Result<RecordIterator> RecordIterator::open(const BatchView& batch, DecoderSet& decoders,
                                            const DecodeLimits& limits) {
  const auto codec = batch.codec();
  if (!codec) {
    return fail(ErrorCode::kInvalidRecord, "no codec has the id " + std::to_string(batch.codec_id()));
  }
  if (batch.record_count() < 0) {
    return fail(ErrorCode::kInvalidRecord, "record count " + std::to_string(batch.record_count()));
  }
  DecodeLimits applied = limits;
  if (codec == Codec::kNone) applied.output_bytes = batch.records().size();
  return RecordIterator(batch, decoders.open(*codec, batch.records(), applied));
}

Result<bool> RecordIterator::next(RecordView& record) {
  if (read_ == batch_.record_count()) return false;
  if (const RecordFault fault = read(record); fault != RecordFault::kNone) return fail(malformed(fault));
  ++read_;
  if (read_ == batch_.record_count() && !source_.at_end()) {
    if (source_.error()) return fail(*source_.error());
    return fail(ErrorCode::kInvalidRecord, "bytes follow the last record of the batch");
  }
  return true;
}

Error RecordIterator::malformed(RecordFault fault) const {
  if (source_.error()) return *source_.error();
  return {ErrorCode::kInvalidRecord, "record " + std::to_string(read_) + " of the batch at offset " +
                                         std::to_string(batch_.base_offset()) + ": " +
                                         std::string(describe(fault))};
}

RecordFault RecordIterator::read(RecordView& record) {
  std::int32_t length = 0;
  if (const auto fault = read_varint(source_, length); fault != RecordFault::kNone) return fault;
  if (length < 0 || (batch_.is_compressed() && length > kLargestCompressedRecord)) {
    return RecordFault::kBadLength;
  }
  const auto body = source_.take(static_cast<std::size_t>(length));
  if (!body) return source_.shortage();
  return read_body(*body, record);
}

RecordFault RecordIterator::read_body(ByteView body, RecordView& record) const {
  SpanSource source(body);
  std::uint8_t attributes = 0;
  if (!source.read_byte(attributes)) return RecordFault::kEndOfData;
  std::int64_t timestamp_delta = 0;
  if (const auto fault = read_varint(source, timestamp_delta); fault != RecordFault::kNone) return fault;
  std::int32_t offset_delta = 0;
  if (const auto fault = read_varint(source, offset_delta); fault != RecordFault::kNone) return fault;
  if (const auto fault = read_bytes(source, body, record.key); fault != RecordFault::kNone) return fault;
  if (const auto fault = read_bytes(source, body, record.value); fault != RecordFault::kNone) return fault;

  SpanSource headers = source;
  if (const auto fault = skip_headers(source, body.size()); fault != RecordFault::kNone) return fault;
  if (!source.at_end()) return RecordFault::kLengthMismatch;
  std::int32_t header_count = 0;
  if (const auto fault = read_varint(headers, header_count); fault != RecordFault::kNone) return fault;
  record.headers = HeaderCursor(body.subspan(static_cast<std::size_t>(headers.position())), header_count);

  record.offset = wrapping_add(batch_.base_offset(), offset_delta);
  record.timestamp_ms = batch_.timestamp_type() == TimestampType::kLogAppendTime
                            ? batch_.max_timestamp()
                            : wrapping_add(batch_.base_timestamp(), timestamp_delta);
  record.sequence = kNoSequence;
  if (batch_.base_sequence() >= 0 && offset_delta >= 0) {
    record.sequence = increment_sequence(batch_.base_sequence(), offset_delta);
  }
  return RecordFault::kNone;
}

}  // namespace moldau::records
