#include "allocation_count.h"

#include <atomic>
#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MOLDAU_SANITIZED_HEAP 1
#include <sanitizer/allocator_interface.h>
#endif
#endif

namespace moldau::testing {
namespace {

// Both are read from inside the allocator: they need no code to come into being, and cannot be handed in.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
constinit thread_local bool counts = false;
constinit std::atomic<std::uint64_t> allocations = 0;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

void note() {
  if (counts) allocations.fetch_add(1, std::memory_order_relaxed);
}

#ifdef MOLDAU_SANITIZED_HEAP
void noted(const volatile void*, std::size_t) {
  note();
}
void ignored(const volatile void*) {}
#endif

}  // namespace

void count_allocations_of_this_thread() {
#ifdef MOLDAU_SANITIZED_HEAP
  static const int kInstalled = __sanitizer_install_malloc_and_free_hooks(noted, ignored);
  (void)kInstalled;
#endif
  counts = true;
}

std::uint64_t counted_allocations() {
  return allocations.load(std::memory_order_relaxed);
}

bool has_sanitized_heap() {
#ifdef MOLDAU_SANITIZED_HEAP
  return true;
#else
  return false;
#endif
}

}  // namespace moldau::testing

#ifndef MOLDAU_SANITIZED_HEAP
// The program's own definitions stand before the C library's for all of its libraries too. The library has
// its functions under these names as well.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming): the C
// library's names
extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
  moldau::testing::note();
  return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) {
  moldau::testing::note();
  return __libc_calloc(count, size);
}

void* realloc(void* block, std::size_t size) {
  moldau::testing::note();
  return __libc_realloc(block, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
  moldau::testing::note();
  return __libc_memalign(alignment, size);
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)
#endif
