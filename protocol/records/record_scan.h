#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <type_traits>

#include "base/bytes.h"
#include "protocol/records/varint.h"

namespace moldau::records {

/// What is wrong with the bytes of a record. Whoever scans gives it the error code that fits the place.
enum class RecordFault : std::uint8_t {
  kNone,
  kEndOfData,          ///< The records end before the declared count of them was read.
  kBadVarint,          ///< A varint of more than 5, or a varlong of more than 10 bytes.
  kBadLength,          ///< A record length that is negative or larger than what is left.
  kBadFieldLength,     ///< A key, value or header that reaches over the end of its record.
  kBadHeaderCount,     ///< Fewer than 0 headers, or more than the record has bytes left.
  kNegativeHeaderKey,  ///< A header without a key.
  kLengthMismatch,     ///< Fields that end before the record does.
  kDecode              ///< The compressed stream itself is broken; the source knows more.
};

/// A sentence on `fault`. Static storage.
std::string_view describe(RecordFault fault);

/// The parts of a record that the checks need.
struct ScannedRecord {
  std::int64_t timestamp_delta = 0;
  std::int32_t offset_delta = 0;
  std::int32_t key_length = 0;    ///< Negative: no key.
  std::int32_t value_length = 0;  ///< Negative: no value.
};

/// Bytes that lie in one piece: the records of an uncompressed batch.
class SpanSource {
 public:
  explicit SpanSource(ByteView bytes) : at_(bytes.data()), begin_(at_), end_(at_ + bytes.size()) {}

  bool read_byte(std::uint8_t& byte) {
    if (at_ == end_) return false;
    byte = *at_++;
    return true;
  }
  /// Moves on by `count` bytes if there are as many.
  bool skip(std::size_t count) {
    if (count > static_cast<std::size_t>(end_ - at_)) return false;
    at_ += count;
    return true;
  }
  /// False if a record of `length` more bytes cannot be there.
  bool may_hold(std::size_t length) const { return length <= static_cast<std::size_t>(end_ - at_); }
  bool at_end() { return at_ == end_; }
  std::uint64_t position() const { return static_cast<std::uint64_t>(at_ - begin_); }
  /// What running out of bytes means.
  RecordFault shortage() const { return RecordFault::kEndOfData; }

 private:
  const std::uint8_t* at_;
  const std::uint8_t* begin_;
  const std::uint8_t* end_;
};

/// Reads a zig-zag varint or varlong from `source`.
template <class T, class Source>
inline RecordFault read_varint(Source& source, T& value) {
  using U = std::make_unsigned_t<T>;
  U raw = 0;
  for (unsigned shift = 0; shift < std::numeric_limits<U>::digits; shift += 7) {
    std::uint8_t byte = 0;
    if (!source.read_byte(byte)) [[unlikely]]
      return source.shortage();
    raw |= static_cast<U>(static_cast<U>(byte & 0x7f) << shift);
    if (byte < 0x80) [[likely]] {
      value = unzigzag(raw);
      return RecordFault::kNone;
    }
  }
  return RecordFault::kBadVarint;
}

/// Skips the nullable bytes field at the source, which must end at or before `record_end`.
/// Any negative length stands for null, as in Kafka.
template <class Source>
inline RecordFault skip_bytes(Source& source, std::uint64_t record_end, std::int32_t& length) {
  if (const auto fault = read_varint(source, length); fault != RecordFault::kNone) return fault;
  if (length <= 0) return RecordFault::kNone;
  const auto wanted = static_cast<std::size_t>(length);
  if (source.position() + wanted > record_end) return RecordFault::kBadFieldLength;
  return source.skip(wanted) ? RecordFault::kNone : source.shortage();
}

/// Skips the headers at the source, which must end at or before `record_end`.
template <class Source>
inline RecordFault skip_headers(Source& source, std::uint64_t record_end) {
  std::int32_t count = 0;
  if (const auto fault = read_varint(source, count); fault != RecordFault::kNone) return fault;
  if (count == 0) [[likely]]
    return RecordFault::kNone;
  const std::uint64_t position = source.position();
  if (count < 0 || position > record_end || static_cast<std::uint64_t>(count) > record_end - position) {
    return RecordFault::kBadHeaderCount;
  }
  for (std::int32_t i = 0; i < count; ++i) {
    std::int32_t length = 0;
    if (const auto fault = skip_bytes(source, record_end, length); fault != RecordFault::kNone) return fault;
    if (length < 0) return RecordFault::kNegativeHeaderKey;
    if (const auto fault = skip_bytes(source, record_end, length); fault != RecordFault::kNone) return fault;
  }
  return RecordFault::kNone;
}

/// Walks over one record of magic 2 and leaves the source behind it. Allocates and copies nothing, and
/// never looks beyond the source's bytes. After a fault the source's position has no meaning.
template <class Source>
inline RecordFault scan_record(Source& source, ScannedRecord& record) {
  std::int32_t length = 0;
  if (const auto fault = read_varint(source, length); fault != RecordFault::kNone) return fault;
  if (length < 0 || !source.may_hold(static_cast<std::size_t>(length))) return RecordFault::kBadLength;
  const std::uint64_t record_end = source.position() + static_cast<std::uint64_t>(length);

  std::uint8_t attributes = 0;
  if (!source.read_byte(attributes)) return source.shortage();
  if (const auto fault = read_varint(source, record.timestamp_delta); fault != RecordFault::kNone) {
    return fault;
  }
  if (const auto fault = read_varint(source, record.offset_delta); fault != RecordFault::kNone) return fault;
  if (const auto fault = skip_bytes(source, record_end, record.key_length); fault != RecordFault::kNone) {
    return fault;
  }
  if (const auto fault = skip_bytes(source, record_end, record.value_length); fault != RecordFault::kNone) {
    return fault;
  }
  if (const auto fault = skip_headers(source, record_end); fault != RecordFault::kNone) return fault;
  return source.position() == record_end ? RecordFault::kNone : RecordFault::kLengthMismatch;
}

}  // namespace moldau::records
