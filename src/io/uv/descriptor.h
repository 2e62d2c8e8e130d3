#pragma once

#include <cerrno>
#include <utility>

#include <unistd.h>

namespace moldau::io::uv {

/// Owns a file descriptor; closes it at the end.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  /// Leaves errno alone, so that the reason of a failure outlives what it made superfluous.
  ~Descriptor() {
    if (number_ < 0) return;
    const int reason = errno;
    ::close(number_);
    errno = reason;
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

}  // namespace moldau::io::uv
