#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <source_location>
#include <span>

#include "base/bytes.h"
#include "base/result.h"

namespace moldau::io {

/// Where in the program a call that changes the disk is made. The simulator tells by it which of them a run
/// has reached; a real disk does not look.
using CallSite = std::source_location;

/// One open file. Every call is synchronous and may be made from any thread, but calls that overlap in
/// time must not touch the same bytes. Failures are kKafkaStorageError with the system's reason.
class File {
 public:
  virtual ~File() = default;

  /// Reads up to into.size() bytes from `position`; fewer only at the end of the file.
  virtual Result<std::size_t> read_at(std::uint64_t position, MutableBytes into) = 0;

  /// Writes all pieces one behind the other from `position`, or fails; after a failure the bytes behind
  /// `position` are undefined. Visible to readers at once, durable only after sync().
  virtual Result<void> write_at(std::uint64_t position, std::span<const ByteView> pieces,
                                CallSite site = CallSite::current()) = 0;

  Result<void> write_at(std::uint64_t position, ByteView data, CallSite site = CallSite::current()) {
    return write_at(position, std::span<const ByteView>(&data, 1), site);
  }

  /// Sets the size; growth reads as zeros.
  virtual Result<void> truncate(std::uint64_t size_bytes, CallSite site = CallSite::current()) = 0;

  /// Makes content and size durable (fdatasync). Blocks: call it in an offload lane. After a failure the
  /// lost pages count as clean in the kernel, so a later success proves nothing: never retry.
  virtual Result<void> sync(CallSite site = CallSite::current()) = 0;

  /// From now on its owner alone may read the file, and nobody open it for writing; whoever has it open goes
  /// on. Durable with the next sync().
  virtual Result<void> make_read_only(CallSite site = CallSite::current()) = 0;

  virtual Result<std::uint64_t> size_bytes() = 0;
};

/// Shared by the segment and by slices under way; the descriptor closes with the last holder.
using FileHandle = std::shared_ptr<File>;

/// Bytes of a file to be sent without passing through user space.
struct FileSlice {
  FileHandle file;
  std::uint64_t position = 0;
  std::uint64_t size_bytes = 0;
};

}  // namespace moldau::io
