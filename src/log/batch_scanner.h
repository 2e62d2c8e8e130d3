#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "io/file.h"

namespace moldau::log {

/// What the header of a batch tells about it and its place in a segment. Entries of legacy message sets
/// (magic 0 and 1) state one offset, their last.
struct BatchPlace {
  std::int64_t position = 0;
  std::int64_t size_bytes = 0;
  std::int64_t base_offset = 0;
  std::int64_t last_offset = 0;
  TimestampMs max_timestamp_ms = -1;
  std::int32_t leader_epoch = -1;
  std::int8_t magic = 2;

  bool operator==(const BatchPlace&) const = default;
};

/// Walks over the batches of a segment by their headers, which it reads in small chunks.
class BatchScanner {
 public:
  /// From the batch that starts at `position` to those that end at or before `end`. The file outlives it.
  BatchScanner(io::File& file, std::int64_t position, std::int64_t end)
      : file_(&file), position_(position), end_(end) {}

  /// The next batch; nullopt at the end, at an incomplete batch and at bytes that are no batch: then
  /// position() is where the whole batches end. KAFKA_STORAGE_ERROR if the file cannot be read.
  Result<std::optional<BatchPlace>> next();

  /// The header of the batch that next() gave last, of whatever its magic has; valid until the next call.
  ByteView header() const { return ByteView(chunk_).subspan(header_at_, header_size_); }

  std::int64_t position() const { return position_; }
  /// After next() gave nullopt: bytes are left that are no whole batch.
  bool stopped_early() const { return position_ != end_; }
  /// Goes on from another batch's start.
  void seek(std::int64_t position) { position_ = position; }

 private:
  static constexpr std::size_t kChunkBytes = 4096;

  /// `size` <= kChunkBytes bytes at position_, valid until the next call; nullopt if the range ends before.
  Result<std::optional<ByteView>> peek(std::int64_t size);

  io::File* file_;
  std::int64_t position_;
  std::int64_t end_;
  std::array<std::uint8_t, kChunkBytes> chunk_{};
  std::int64_t chunk_at_ = 0;
  std::int64_t chunk_size_ = 0;
  std::size_t header_at_ = 0;  ///< In the chunk.
  std::size_t header_size_ = 0;
};

/// The place of the batch whose first bytes are `header`, which hold at least 61 bytes, or the whole of a
/// shorter legacy entry; nullopt if they are no batch.
std::optional<BatchPlace> describe_batch(ByteView header, std::int64_t position);

}  // namespace moldau::log
