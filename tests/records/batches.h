#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "protocol/records/batch.h"
#include "protocol/records/builder.h"

namespace moldau::records::testing {

inline Bytes owned(const Buffer& buffer) {
  return {buffer.bytes().begin(), buffer.bytes().end()};
}

inline RecordData record(TimestampMs timestamp_ms, std::optional<std::string_view> key,
                         std::string_view value) {
  RecordData data{.timestamp_ms = timestamp_ms, .value = as_bytes(value)};
  if (key) data.key = as_bytes(*key);
  return data;
}

/// Three records with the timestamps 1000, 1007 and 1003.
inline Bytes three_records(const BatchSpec& spec = {}) {
  BatchBuilder builder(spec);
  builder.append(record(1000, "k0", "zero"));
  builder.append(record(1007, "k1", "one"));
  builder.append(record(1003, std::nullopt, "two"));
  return owned(std::move(builder).build());
}

inline BatchView view(const Bytes& bytes) {
  return BatchView::parse(bytes).value();
}

/// Writes `value` into a header field and makes the CRC right again.
template <class T>
void patch(Bytes& batch, std::size_t position, T value) {
  store_big_endian(batch.data() + position, value);
  MutableBatch::parse(batch).value().update_crc();
}

}  // namespace moldau::records::testing
