#pragma once

#include <cstdint>
#include <optional>

#include "base/buffer.h"
#include "base/result.h"
#include "protocol/records/batch.h"
#include "protocol/records/codec.h"

namespace moldau::records {

/// A validated batch with its records in another codec: what the leader appends where `compression.type`
/// differs from the batch's. The records' bytes stay as they are, since validation has found their offset
/// deltas to be those that the leader would assign; the header is the old one but for length, codec and CRC.
/// Memory grows with the result only, and that stops at `max_size_bytes` (`max.message.bytes`):
/// MESSAGE_TOO_LARGE, as Kafka answers for the rebuilt batch. CORRUPT_MESSAGE for a broken stream.
Result<Buffer> recompress(const BatchView& batch, Codec codec, std::optional<int> level,
                          std::int64_t max_size_bytes, DecoderSet& decoders, const DecodeLimits& limits = {});

}  // namespace moldau::records
