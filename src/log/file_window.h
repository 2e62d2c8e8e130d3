#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "io/file.h"
#include "log/batch_scanner.h"

namespace moldau::log {

/// A file read forward in large pieces; takes only as much memory as one piece or its largest batch.
class FileWindow {
 public:
  static constexpr std::size_t kStandardBytes = std::size_t{1} << 20;

  /// Nothing from `end` on is read. The file outlives it.
  FileWindow(io::File& file, std::int64_t end, std::size_t piece_bytes = kStandardBytes)
      : file_(&file), end_(end), piece_bytes_(piece_bytes) {}

  /// `size` bytes at `position`, which lie before the end; valid until the next call. KAFKA_STORAGE_ERROR if
  /// the file cannot be read or is shorter.
  Result<ByteView> at(std::int64_t position, std::int64_t size);

  /// What was read from the file so far.
  std::int64_t bytes_read() const { return bytes_read_; }

 private:
  io::File* file_;
  std::int64_t end_;
  std::size_t piece_bytes_;
  std::int64_t start_ = 0;
  std::int64_t bytes_read_ = 0;
  Bytes bytes_;
};

/// Whether the CRC of a whole batch, of any magic, is that of its bytes.
bool has_valid_crc(const BatchPlace& place, ByteView batch);

}  // namespace moldau::log
