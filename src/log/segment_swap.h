#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "io/directory.h"

namespace moldau::log {

/// What is left to do on the disk when a compacted segment has taken the place of others in a log: its files
/// end with `.swap`, those of the others are still there. Done outside of the log, in a lane that may block.
///
/// Whatever a power cut keeps of it, the next start finds either the old segments alone or a `.swap` log that
/// covers them (finish_interrupted_swaps()).
struct SegmentSwap {
  std::shared_ptr<io::Directory> directory;
  std::int64_t base_offset = 0;        ///< Of the compacted segment.
  std::int64_t end_offset = 0;         ///< CleanedSegment::end_offset
  std::vector<std::int64_t> replaced;  ///< Base offsets of the segments it replaces; the first is its own.

  /// Makes the `.swap` names durable, removes what they replace for good, and gives them the names of live
  /// files: the log first. Blocks. KAFKA_STORAGE_ERROR at the first failure; the log is then to go offline.
  Result<void> run() const;
};

}  // namespace moldau::log
