#pragma once

#include <cstddef>
#include <cstdint>

#include "base/buffer.h"
#include "base/time.h"
#include "base/uuid.h"
#include "protocol/records/batch.h"

namespace moldau::bench {

/// What producers send: batches of as many whole records as fit, all alike.
struct BatchShape {
  std::size_t batch_bytes = 16384;  ///< at most, as `batch.size`, before they are compressed
  std::size_t record_bytes = 1024;  ///< of a record's value
  records::Codec codec = records::Codec::kNone;
};

struct Batch {
  Buffer bytes;
  std::int32_t records = 0;
  std::size_t uncompressed_bytes = 0;
};

/// A batch of values without a pattern; of events as JSON text, where they are to be compressed.
Batch batch_of(const BatchShape& shape, TimestampMs timestamp_ms);

/// Version of the Produce requests.
std::int16_t produce_version();

/// A Produce request with that batch for one partition, as a frame whose correlation id is 0. `acks` is 1 or
/// -1.
Buffer produce_frame(const Uuid& topic_id, std::int32_t partition, const Buffer& batch,
                     std::int16_t acks = 1);

/// A copy of a request's frame with its own correlation id.
Buffer with_correlation_id(const Buffer& frame, std::int32_t correlation_id);

/// Ends the program unless the answer says that the batch is in the log.
void check_produced(ByteView answer);

}  // namespace moldau::bench
