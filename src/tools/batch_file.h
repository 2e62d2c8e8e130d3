#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/buffer.h"
#include "base/result.h"
#include "io/directory.h"
#include "io/file.h"
#include "protocol/records/batch.h"

namespace moldau::tools {

/// Reads the batches of a log or snapshot file one by one, as kafka-dump-log walks over them.
class BatchFile {
 public:
  /// Opens a file of the folder for reading. KAFKA_STORAGE_ERROR if it cannot be read.
  static Result<BatchFile> open(io::Directory& folder, const std::string& name);

  /// Goes on at `position`, and at most to the byte `limit_bytes` behind it. CORRUPT_MESSAGE for a position
  /// behind the file's end.
  Result<void> seek(std::int64_t position, std::int64_t limit_bytes);

  /// The next batch, valid until the next call; nullopt where none is whole any more. CORRUPT_MESSAGE for a
  /// length that no batch has, or a magic that Kafka does not know.
  Result<std::optional<records::Entry>> next();

  /// Where the next batch begins.
  std::int64_t position() const { return position_; }
  /// Where the part of the file ends that is read.
  std::int64_t end() const { return end_; }

 private:
  BatchFile(io::FileHandle file, std::string name, std::int64_t size_bytes)
      : file_(std::move(file)), name_(std::move(name)), size_(size_bytes), end_(size_bytes) {}

  io::FileHandle file_;
  std::string name_;
  std::int64_t size_;
  std::int64_t position_ = 0;
  std::int64_t end_;
  Buffer batch_;
};

/// Offset of the last record of a batch, as its header states it. CORRUPT_MESSAGE as BatchHeader::parse.
Result<std::int64_t> last_offset_of(const records::Entry& batch);

}  // namespace moldau::tools
