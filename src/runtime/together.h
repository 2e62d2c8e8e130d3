#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
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

/// Runs the tasks make(0) to make(count - 1) in this way, at most `at_once` of them at a time; the next ones
/// are made when all of those have ended.
template <class Make>
Task<void> together(Shard& here, std::size_t count, std::size_t at_once, Make make) {
  for (std::size_t begin = 0; begin < count; begin += at_once) {
    TaskList tasks;
    for (std::size_t i = begin; i < std::min(count, begin + at_once); ++i)
      tasks.push_back(make(i));
    co_await together(here, std::move(tasks));
  }
}

}  // namespace moldau::runtime
