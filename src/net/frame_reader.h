#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"

namespace moldau::net {

/// One request as it came: the bytes behind the length prefix. Owns them; views made by decoding live as
/// long as the frame and survive its being moved.
class Frame {
 public:
  Frame(Buffer storage, std::size_t offset) : storage_(std::move(storage)), offset_(offset) {}

  ByteView bytes() const { return storage_.bytes().subspan(offset_); }
  MutableBytes bytes() { return storage_.bytes().subspan(offset_); }

 private:
  Buffer storage_;
  std::size_t offset_;
};

/// Cuts a byte stream into Kafka's frames (int32 size, then payload). Memory follows the bytes that came,
/// not the length that was announced: at most twice the bytes received plus 64 KiB.
/// An idle reader holds no memory, and a frame that was given out holds at most twice its size.
class FrameReader {
 public:
  /// Frames over `max_frame_bytes` (`socket.request.max.bytes`) are refused. `spare` outlives the reader: the
  /// memory of idle readers of one thread, which the next one that reads takes. Without it, each asks the
  /// heap anew.
  explicit FrameReader(std::size_t max_frame_bytes, Buffer* spare = nullptr)
      : max_frame_bytes_(max_frame_bytes), spare_(spare) {}

  /// Where the next bytes of the stream are to be put; never empty. Only while has_frame() is false and
  /// check() finds nothing.
  MutableBytes space();

  /// Tells that the first `count` bytes of space() were filled.
  /// kInvalidRequest when a length prefix is negative or too large; the stream is then lost.
  Result<void> received(std::size_t count);

  /// Whether next() has something to give.
  bool has_frame() const;

  /// kInvalidRequest when a length that is negative or too large follows the frames that were given out:
  /// it may have come together with them.
  Result<void> check() const;

  /// The payload of the frame that next() will give, which is there. Until anything else is called.
  ByteView peek() const;

  /// The oldest whole frame, if there is one.
  std::optional<Frame> next();

  /// What the frame under way costs the memory budget: all of it once it is whole, before that what space()
  /// takes for it beyond the 64 KiB that every connection may hold.
  std::size_t cost_bytes() const;

 private:
  /// Size with prefix of the frame under way, known once its prefix has come.
  std::optional<std::size_t> announced_bytes() const;
  /// What space() takes for a frame of that size.
  std::size_t capacity_for(std::size_t announced_bytes) const;
  std::size_t unread_bytes() const { return input_.size() - begin_; }
  /// Gives the memory up, once all that has come is given out.
  void rest();
  /// Makes room for that much, the prefix and what has come of the frame included.
  void grow(std::size_t capacity_bytes);
  /// Leaves memory that is not needed any more to the next reader.
  void give_back(Buffer memory);

  std::size_t max_frame_bytes_;
  Buffer* spare_;
  Buffer input_;
  std::size_t begin_ = 0;  ///< everything before it has been given out
};

}  // namespace moldau::net
