#include "batches.h"

#include <string>
#include <utility>

#include "base/endian.h"
#include "process.h"
#include "protocol/messages/produce_request.h"
#include "protocol/messages/produce_response.h"
#include "protocol/records/builder.h"
#include "protocol/wire/frame/encoded_frame.h"
#include "protocol/wire/frame/received_frame.h"

namespace moldau::bench {
namespace {

/// Where the correlation id stands in a frame: behind length, key and version.
constexpr std::size_t kCorrelationAt = 8;

}  // namespace

Batch batch_of(const BatchShape& shape, TimestampMs timestamp_ms) {
  records::BatchBuilder builder({});
  Bytes value(shape.record_bytes);
  std::uint32_t state = 1;
  const records::RecordData record{.timestamp_ms = timestamp_ms, .value = value};
  while (builder.record_count() == 0 || builder.size_with(record) <= shape.batch_bytes) {
    for (std::uint8_t& byte : value) {
      state = state * 1664525U + 1013904223U;
      byte = static_cast<std::uint8_t>(state >> 24U);
    }
    builder.append(record);
  }
  const std::int32_t records = builder.record_count();
  return {std::move(builder).build(), records};
}

std::int16_t produce_version() {
  return protocol::ProduceRequest::kVersions.highest;
}

Buffer produce_frame(const Uuid& topic_id, std::int32_t partition, const Buffer& batch) {
  protocol::ProduceRequest request;
  request.acks = 1;
  request.timeout_ms = 30000;
  auto& topic = request.topic_data.emplace_back();
  topic.topic_id = topic_id;
  auto& data = topic.partition_data.emplace_back();
  data.index = partition;
  data.records.emplace().bytes = batch.bytes();
  return std::move(wire::encode_request(request, produce_version(), 0, "bench").value().bytes);
}

Buffer with_correlation_id(const Buffer& frame, std::int32_t correlation_id) {
  Buffer copy;
  copy.append(frame.bytes());
  store_big_endian(copy.data() + kCorrelationAt, correlation_id);
  return copy;
}

void check_produced(ByteView answer) {
  const auto response = wire::decode_response<protocol::ProduceResponse>(answer, produce_version());
  if (!response) die("producing", response.error().message.c_str());
  const ErrorCode error = response->responses.at(0).partition_responses.at(0).error_code;
  if (error != ErrorCode::kNone) die("producing", std::string(error_name(error)).c_str());
}

}  // namespace moldau::bench
