#pragma once

#include <array>
#include <cstdint>

#include <sys/random.h>

#include "base/assert.h"
#include "io/random.h"

namespace moldau::io::uv {

/// The kernel's random numbers, a block at a time.
class UvRandom final : public Random {
 public:
  std::uint64_t next() override {
    if (next_ == block_.size()) {
      require(::getrandom(block_.data(), sizeof block_, 0) == static_cast<ssize_t>(sizeof block_),
              "the kernel gives up to 256 random bytes at once");
      next_ = 0;
    }
    return block_[next_++];
  }

 private:
  std::array<std::uint64_t, 32> block_{};
  std::size_t next_ = block_.size();
};

}  // namespace moldau::io::uv
