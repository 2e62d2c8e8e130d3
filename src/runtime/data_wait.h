#pragma once

#include <cstdint>
#include <vector>

#include "base/time.h"
#include "base/uuid.h"
#include "runtime/node.h"
#include "runtime/pooled_allocator.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace moldau::runtime {

/// A partition whose next progress is waited for, and how far it was when it was last looked at.
struct Watched {
  Uuid topic_id;
  std::int32_t partition = 0;
  std::int64_t seen_high_watermark = -1;
};

using WatchedList = std::vector<Watched, PooledAllocator<Watched>>;

/// Returns when one of the partitions has progressed beyond what was seen, is no longer led here, or at the
/// deadline. The partitions may belong to several shards; `here` is the caller's. Nothing stays behind on any
/// shard once it returns, but for messages under way.
Task<void> wait_for_data(Node& node, Shard& here, WatchedList watched, Instant deadline);

}  // namespace moldau::runtime
