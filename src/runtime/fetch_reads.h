#pragma once

#include "runtime/node.h"
#include "runtime/shard.h"
#include "runtime/shard_reads.h"
#include "runtime/task.h"

namespace moldau::runtime {

/// Reads the partitions in their order, each on the shard that owns it, and again when one of them has
/// progressed, until there are `min_bytes`, an error or a log that diverges, or until the deadline. Gives
/// `reads` with what was found. `here` is the caller's shard. However many partitions another shard has, it
/// gets one message to read, wait and read again, and sends what it found: each message may have to wake a
/// thread. Nothing stays behind on any shard once it returns, but for messages under way.
Task<FetchReads> read_for_fetch(Node& node, Shard& here, FetchReads reads, FetchLimits limits);

}  // namespace moldau::runtime
