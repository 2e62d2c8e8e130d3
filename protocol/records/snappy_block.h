#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"

namespace moldau::records {

/// Decodes one raw snappy block (google/snappy, format_description.txt) in chunks. The library wants room for
/// a whole block, which the sender chooses; this holds a window instead. Copies reach back no further than
/// the window of 1 MiB: encoders cut their input into pieces of 64 KiB and refer to nothing before a piece.
class SnappyBlockDecoder {
 public:
  /// Starts on a whole block. The input is borrowed until its end. CORRUPT_MESSAGE without a sound preamble.
  Result<void> open(ByteView block);

  /// The next output, valid until the next call; empty at the end. CORRUPT_MESSAGE for a broken block.
  Result<ByteView> next();

  std::size_t retained_bytes() const { return buffer_.capacity(); }

 private:
  static constexpr std::size_t kWindow = std::size_t{1} << 20;
  static constexpr std::size_t kStep = std::size_t{64} << 10;

  bool read_element();
  bool read_literal_length(std::uint32_t code);
  bool run_literal(std::size_t end);
  bool run_copy(std::size_t end);
  void slide();

  ByteView rest_;
  Buffer buffer_;                       ///< The window, and behind it what is being made.
  std::size_t filled_ = 0;              ///< Bytes of buffer_ that hold output.
  std::uint64_t remaining_output_ = 0;  ///< Of the length in the preamble.
  std::size_t literal_left_ = 0;
  std::size_t copy_left_ = 0;
  std::size_t copy_offset_ = 0;
};

/// The uncompressed length in a block's preamble, and its own size; false if there is none.
bool read_snappy_preamble(ByteView block, std::uint32_t& length, std::size_t& preamble_size);

}  // namespace moldau::records
