#pragma once

#include <cstdint>
#include <vector>

#include "base/time.h"
#include "runtime/node.h"
#include "runtime/shard.h"
#include "runtime/task.h"
#include "share/share_partition_id.h"

namespace moldau::runtime {

/// A share partition whose next progress is waited for, and how far it was when it was last looked at.
struct ShareWatched {
  share::SharePartitionId id = {};
  std::int64_t seen_high_watermark = -1;
  std::uint64_t seen_changes = 0;
};

/// Returns when there may be other records to acquire in one of the share partitions, when one of them is no
/// longer led here, or at the deadline. They may belong to several shards; `here` is the caller's.
Task<void> wait_for_shares(Node& node, Shard& here, std::vector<ShareWatched> watched, Instant deadline);

}  // namespace moldau::runtime
