#pragma once

#include <cstdint>

namespace moldau::testing {

/// From here on the calling thread's allocations count, whoever makes them: new, malloc, realloc, libraries.
void count_allocations_of_this_thread();

/// Allocations of those threads so far. From any thread.
std::uint64_t counted_allocations();

/// Whether the sanitizers' allocator is in place of the C library's.
bool has_sanitized_heap();

}  // namespace moldau::testing
