#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/assert.h"
#include "base/bytes.h"

namespace moldau {

/// Owned bytes that are not zeroed when they grow: frames and encoded responses. Move only.
/// Growth goes through realloc, which remaps large blocks instead of copying them.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::size_t size_bytes) { resize(size_bytes); }
  ~Buffer() { std::free(data_); }

  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  std::uint8_t* data() { return data_; }
  const std::uint8_t* data() const { return data_; }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }

  MutableBytes bytes() { return {data_, size_}; }
  ByteView bytes() const { return {data_, size_}; }

  /// Makes room for `capacity_bytes` without changing the size; content is kept.
  void reserve(std::size_t capacity_bytes) {
    if (capacity_bytes <= capacity_) return;
    auto* moved = static_cast<std::uint8_t*>(std::realloc(data_, capacity_bytes));
    require(moved != nullptr, "memory budgets keep allocations within the machine");
    data_ = moved;
    capacity_ = capacity_bytes;
  }

  /// Sets the size. New bytes have no defined content.
  void resize(std::size_t size_bytes) {
    reserve(size_bytes);
    size_ = size_bytes;
  }

  /// Copies `more` behind the content; capacity at least doubles when it must grow.
  void append(ByteView more) {
    if (more.empty()) return;
    const std::size_t needed = size_ + more.size();
    if (needed > capacity_) reserve(needed < 2 * capacity_ ? 2 * capacity_ : needed);
    std::memcpy(data_ + size_, more.data(), more.size());
    size_ = needed;
  }

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace moldau
