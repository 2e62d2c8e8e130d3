#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "io/file.h"
#include "log/batch_scanner.h"
#include "log/file_window.h"

namespace moldau::log {

/// Reads the whole batches of a segment that nobody writes to, one after the other, and checks their CRCs.
class BatchReader {
 public:
  /// The first `size_bytes` of the file, read in pieces of `piece_bytes`. `base_offset` is the segment's.
  BatchReader(io::FileHandle file, std::int64_t base_offset, std::int64_t size_bytes, std::size_t piece_bytes)
      : file_(std::move(file)),
        base_offset_(base_offset),
        size_bytes_(size_bytes),
        window_(*file_, size_bytes, piece_bytes) {}

  struct ReadBatch {
    BatchPlace place;
    ByteView bytes;  ///< Until the next call.
  };
  /// The next batch; nullopt at the end. CORRUPT_MESSAGE if there are other bytes, the CRC is wrong, or
  /// offsets do not rise or are not within 2^31-1 of the base; KAFKA_STORAGE_ERROR if the file cannot be
  /// read.
  Result<std::optional<ReadBatch>> next();

  /// What was read from the file so far.
  std::int64_t bytes_read() const { return window_.bytes_read(); }

 private:
  io::FileHandle file_;
  std::int64_t base_offset_;
  std::int64_t size_bytes_;
  FileWindow window_;
  std::int64_t position_ = 0;
  std::int64_t next_offset_ = 0;  ///< The next batch begins at or behind it.
};

}  // namespace moldau::log
