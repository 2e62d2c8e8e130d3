#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"
#include "protocol/records/codec.h"
#include "protocol/records/record_scan.h"

namespace moldau::records {

/// The output of a decoder as a source of records (see SpanSource): pulls a chunk when one is used up.
class StreamSource {
 public:
  explicit StreamSource(Decoder& decoder) : decoder_(&decoder) {}

  bool read_byte(std::uint8_t& byte) {
    if (chunk_.empty() && !pull()) return false;
    byte = chunk_[0];
    chunk_ = chunk_.subspan(1);
    ++position_;
    return true;
  }

  bool skip(std::size_t count) {
    while (count > 0) {
      if (chunk_.empty() && !pull()) return false;
      const std::size_t step = std::min(count, chunk_.size());
      chunk_ = chunk_.subspan(step);
      position_ += step;
      count -= step;
    }
    return true;
  }

  /// The next `count` bytes in one piece, valid until the next call; nullopt if they are not there. Bytes
  /// that lie over the edge of a chunk are collected in a buffer that grows only as they arrive.
  std::optional<ByteView> take(std::size_t count) {
    if (chunk_.empty() && count > 0 && !pull()) return std::nullopt;
    if (count <= chunk_.size()) {
      const ByteView taken = chunk_.first(count);
      chunk_ = chunk_.subspan(count);
      position_ += count;
      return taken;
    }
    collected_.resize(0);
    while (collected_.size() < count) {
      if (chunk_.empty() && !pull()) return std::nullopt;
      const std::size_t step = std::min(count - collected_.size(), chunk_.size());
      collected_.append(chunk_.first(step));
      chunk_ = chunk_.subspan(step);
      position_ += step;
    }
    return collected_.bytes();
  }

  /// Bytes that are at hand without asking the decoder; skip() moves over them.
  ByteView window() const { return chunk_; }

  /// What is left of a stream is known only at its end, so any length is possible.
  bool may_hold(std::size_t) const { return true; }
  /// True behind the last byte; false if there are more, or if the stream breaks here.
  bool at_end() { return chunk_.empty() && !pull() && !error_; }
  std::uint64_t position() const { return position_; }
  RecordFault shortage() const { return error_ ? RecordFault::kDecode : RecordFault::kEndOfData; }
  /// What went wrong within the stream, if anything did.
  const std::optional<Error>& error() const { return error_; }

 private:
  bool pull() {
    if (ended_) return false;
    auto chunk = decoder_->next();
    ended_ = !chunk || chunk->empty();
    if (!chunk) error_ = chunk.error();
    if (!ended_) chunk_ = *chunk;
    return !ended_;
  }

  Decoder* decoder_;
  ByteView chunk_;
  Buffer collected_;
  std::uint64_t position_ = 0;
  std::optional<Error> error_;
  bool ended_ = false;
};

}  // namespace moldau::records
