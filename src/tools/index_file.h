#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "io/directory.h"
#include "io/file.h"

namespace moldau::tools {

/// An index as it lies on the disk, read only: every entry of the file counts, also the zeros of a file that
/// was preallocated, as in the tools of Apache Kafka.
class IndexFile {
 public:
  /// KAFKA_STORAGE_ERROR if there is no such file.
  static Result<IndexFile> open(io::Directory& folder, const std::string& name, std::size_t entry_size_bytes);

  /// Whole entries.
  std::int64_t count() const { return size_ / static_cast<std::int64_t>(entry_size_); }
  std::int64_t size_bytes() const { return size_; }
  /// The bytes of entry `slot` < count(), valid until the next call.
  Result<ByteView> entry(std::int64_t slot);

 private:
  IndexFile(io::FileHandle file, std::size_t entry_size_bytes, std::int64_t size_bytes)
      : file_(std::move(file)), entry_size_(entry_size_bytes), size_(size_bytes) {}

  io::FileHandle file_;
  std::size_t entry_size_;
  std::int64_t size_;
  Bytes chunk_;
  std::int64_t chunk_slot_ = 0;  ///< Of the first entry in chunk_.
};

/// The offset index of a segment (docs/formats/offset-index.md).
class OffsetIndexFile {
 public:
  struct Entry {
    std::int64_t offset = 0;
    std::int32_t position = 0;
  };

  static Result<OffsetIndexFile> open(io::Directory& folder, std::string_view stem, std::int64_t base_offset);

  std::int64_t count() const { return file_.count(); }
  Result<Entry> entry(std::int64_t slot);
  /// The last entry at or below `offset`, as Apache Kafka's search finds it, which is not the last one where
  /// the entries do not rise; the segment's base if there is none.
  Result<Entry> lookup(std::int64_t offset);
  /// CORRUPT_MESSAGE with the reason if Apache Kafka would make the index anew.
  Result<void> check_sanity();

 private:
  OffsetIndexFile(IndexFile file, std::int64_t base_offset)
      : file_(std::move(file)), base_offset_(base_offset) {}

  IndexFile file_;
  std::int64_t base_offset_;
};

/// The time index of a segment (docs/formats/time-index.md).
class TimeIndexFile {
 public:
  struct Entry {
    TimestampMs timestamp_ms = 0;
    std::int64_t offset = 0;
  };

  static Result<TimeIndexFile> open(io::Directory& folder, std::string_view stem, std::int64_t base_offset);

  std::int64_t count() const { return file_.count(); }
  Result<Entry> entry(std::int64_t slot);
  /// As OffsetIndexFile::check_sanity.
  Result<void> check_sanity();

 private:
  TimeIndexFile(IndexFile file, std::int64_t base_offset)
      : file_(std::move(file)), base_offset_(base_offset) {}

  IndexFile file_;
  std::int64_t base_offset_;
};

}  // namespace moldau::tools
