#pragma once

#include <vector>

#include "runtime/pooled_allocator.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace moldau::runtime {

/// Tasks of one request, in memory from the frame pool.
using TaskList = std::vector<Task<void>, PooledAllocator<Task<void>>>;

/// Runs the tasks on `here`, the caller's shard, at the same time, and returns when all have ended. Each
/// begins in turn and runs until it waits for something before the next one begins. What they refer to
/// outlives the call.
Task<void> together(Shard& here, TaskList tasks);

}  // namespace moldau::runtime
