#include "runtime/frame_pool.h"

#include <array>
#include <new>
#include <vector>

namespace moldau::runtime {
namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MOLDAU_PLAIN_FRAMES 1
#endif
#endif

constexpr std::size_t kGranuleBytes = 128;
constexpr std::size_t kLargestPooledBytes = 4096;
constexpr std::size_t kClasses = kLargestPooledBytes / kGranuleBytes;
constexpr std::size_t kBlocksKeptPerClass = 64;

/// The free blocks of one thread.
class Pool {
 public:
  Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    for (auto& blocks : free_) {
      for (void* block : blocks) {
        ::operator delete(block);
      }
    }
  }

  void* take(std::size_t size_class) {
    auto& blocks = free_[size_class];
    if (blocks.empty()) return from_heap((size_class + 1) * kGranuleBytes);
    void* block = blocks.back();
    blocks.pop_back();
    return block;
  }

  void* from_heap(std::size_t size_bytes) {
    ++from_heap_;
    return ::operator new(size_bytes);
  }

  void give(void* block, std::size_t size_class) {
    auto& blocks = free_[size_class];
    if (blocks.size() < kBlocksKeptPerClass) {
      blocks.push_back(block);
    } else {
      ::operator delete(block);
    }
  }

  std::uint64_t from_heap_count() const { return from_heap_; }

 private:
  std::array<std::vector<void*>, kClasses> free_;
  std::uint64_t from_heap_ = 0;
};

Pool& pool() {
  thread_local Pool instance;
  return instance;
}

bool is_pooled(std::size_t size_bytes) {
#ifdef MOLDAU_PLAIN_FRAMES
  (void)size_bytes;
  return false;
#else
  return size_bytes <= kLargestPooledBytes;
#endif
}

std::size_t class_of(std::size_t size_bytes) {
  return (size_bytes - 1) / kGranuleBytes;
}

}  // namespace

void* allocate_frame(std::size_t size_bytes) {
  if (!is_pooled(size_bytes)) return pool().from_heap(size_bytes);
  return pool().take(class_of(size_bytes));
}

void release_frame(void* block, std::size_t size_bytes) noexcept {
  if (!is_pooled(size_bytes)) {
    ::operator delete(block);
    return;
  }
  pool().give(block, class_of(size_bytes));
}

std::uint64_t frames_from_heap() {
  return pool().from_heap_count();
}

}  // namespace moldau::runtime
