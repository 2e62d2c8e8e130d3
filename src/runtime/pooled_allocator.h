#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "runtime/frame_pool.h"

namespace moldau::runtime {

/// Gives the containers and shared objects of a request their memory from the frame pool.
template <class T>
class PooledAllocator {
 public:
  using value_type = T;
  static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);

  PooledAllocator() = default;
  template <class U>
  PooledAllocator(const PooledAllocator<U>&) {}  // NOLINT(google-explicit-constructor): allocators convert

  // NOLINTBEGIN(bugprone-sizeof-expression): T may be a pointer.
  T* allocate(std::size_t count) { return static_cast<T*>(allocate_frame(count * sizeof(T))); }
  void deallocate(T* block, std::size_t count) noexcept {
    release_frame(static_cast<void*>(block), count * sizeof(T));
  }
  // NOLINTEND(bugprone-sizeof-expression)

  bool operator==(const PooledAllocator&) const = default;
};

/// std::make_shared with that memory.
template <class T, class... Arguments>
std::shared_ptr<T> make_pooled(Arguments&&... arguments) {
  return std::allocate_shared<T>(PooledAllocator<T>(), std::forward<Arguments>(arguments)...);
}

}  // namespace moldau::runtime
