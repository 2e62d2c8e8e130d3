#include "log/batch_reader.h"

#include <algorithm>
#include <limits>
#include <string>

#include "protocol/records/batch.h"

namespace moldau::log {

Result<std::optional<BatchReader::ReadBatch>> BatchReader::next() {
  if (position_ == size_bytes_) return std::nullopt;
  const std::int64_t left = size_bytes_ - position_;
  const auto header =
      window_.at(position_, std::min(static_cast<std::int64_t>(records::kBatchHeaderSize), left));
  if (!header) return fail(header.error());
  const auto place = describe_batch(*header, position_);
  if (!place || place->size_bytes > left) {
    return fail(ErrorCode::kCorruptMessage, "no whole batch at position " + std::to_string(position_));
  }
  const bool rises = place->base_offset >= next_offset_ && place->last_offset >= place->base_offset;
  if (!rises || place->last_offset < base_offset_ ||
      place->last_offset - base_offset_ > std::numeric_limits<std::int32_t>::max()) {
    return fail(ErrorCode::kCorruptMessage,
                "offset " + std::to_string(place->base_offset) + " cannot follow in its segment");
  }
  const auto bytes = window_.at(position_, place->size_bytes);
  if (!bytes) return fail(bytes.error());
  if (!has_valid_crc(*place, *bytes)) {
    return fail(ErrorCode::kCorruptMessage,
                "the batch at offset " + std::to_string(place->base_offset) + " fails its CRC");
  }
  position_ += place->size_bytes;
  next_offset_ = place->last_offset + 1;
  return ReadBatch{*place, *bytes};
}

}  // namespace moldau::log
