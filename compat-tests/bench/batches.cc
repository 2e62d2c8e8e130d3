#include "batches.h"

#include <algorithm>
#include <cstdio>
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

/// Numbers without a pattern, the same in every run.
class Noise {
 public:
  std::uint8_t byte() {
    state_ = state_ * 1664525U + 1013904223U;
    return static_cast<std::uint8_t>(state_ >> 24U);
  }
  std::uint32_t number() {
    const std::uint32_t high = byte();
    return high << 16U | static_cast<std::uint32_t>(byte()) << 8U | byte();
  }

 private:
  std::uint32_t state_ = 1;
};

void fill_with_noise(Bytes& value, Noise& noise) {
  for (std::uint8_t& byte : value) {
    byte = noise.byte();
  }
}

/// Fields of an event over and over, as far as they fit: names come again, values differ.
void fill_with_events(Bytes& value, Noise& noise) {
  std::string text;
  while (text.size() < value.size()) {
    char event[160];
    std::snprintf(event, sizeof event,
                  R"({"order_id":%u,"customer":"user-%u","amount":%u.%02u,"currency":"EUR","status":"%s"},)",
                  noise.number(), noise.number() % 5000, noise.number() % 1000, noise.number() % 100,
                  noise.byte() % 4 == 0 ? "cancelled" : "delivered");
    text += event;
  }
  std::copy_n(text.begin(), value.size(), value.begin());
}

}  // namespace

Batch batch_of(const BatchShape& shape, TimestampMs timestamp_ms) {
  records::BatchBuilder builder({.codec = shape.codec});
  Bytes value(shape.record_bytes);
  Noise noise;
  const records::RecordData record{.timestamp_ms = timestamp_ms, .value = value};
  const auto has_room = [&] {
    const std::size_t size_bytes = records::record_size(builder.record_count(), 0, record);
    return builder.record_count() == 0 || builder.size_bytes() + size_bytes <= shape.batch_bytes;
  };
  while (has_room()) {
    shape.codec == records::Codec::kNone ? fill_with_noise(value, noise) : fill_with_events(value, noise);
    builder.append(record);
  }
  const std::int32_t records = builder.record_count();
  const std::size_t uncompressed = builder.size_bytes();
  return {std::move(builder).build(), records, uncompressed};
}

std::int16_t produce_version() {
  return protocol::ProduceRequest::kVersions.highest;
}

Buffer produce_frame(const Uuid& topic_id, std::int32_t partition, const Buffer& batch, std::int16_t acks) {
  protocol::ProduceRequest request;
  request.acks = acks;
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
  check_error("producing", response->responses.at(0).partition_responses.at(0).error_code);
}

}  // namespace moldau::bench
