#pragma once

#include <cstddef>
#include <cstdint>

namespace moldau::runtime {

/// Memory for coroutine frames and what else lives as long as a request (pooled_allocator.h), from free lists
/// of the calling thread, so that a request costs few trips to the allocator. Blocks over 4 KiB and all
/// blocks under sanitizers come from the heap. A block may be given back on another thread.
void* allocate_frame(std::size_t size_bytes);
void release_frame(void* block, std::size_t size_bytes) noexcept;

/// How many blocks the calling thread has taken from the heap so far; a steady load takes none but under
/// sanitizers.
std::uint64_t frames_from_heap();

}  // namespace moldau::runtime
