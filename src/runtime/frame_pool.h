#pragma once

#include <cstddef>

namespace moldau::runtime {

/// Memory for coroutine frames, from free lists of the calling thread, so that a request costs no trip to
/// the allocator. Blocks over 4 KiB and all blocks under sanitizers come from the heap. A block may be
/// given back on another thread.
void* allocate_frame(std::size_t size_bytes);
void release_frame(void* block, std::size_t size_bytes) noexcept;

}  // namespace moldau::runtime
