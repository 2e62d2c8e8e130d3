#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace moldau::io::sim {

/// A number that two runs share if the same happened in both.
class Trace {
 public:
  void add(std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) {
      add_byte(static_cast<std::uint8_t>(value >> shift));
    }
  }

  void add(ByteView bytes) {
    for (const std::uint8_t byte : bytes) {
      add_byte(byte);
    }
  }

  std::uint64_t hash() const { return hash_; }

 private:
  void add_byte(std::uint8_t byte) { hash_ = (hash_ ^ byte) * 0x100000001B3ULL; }

  std::uint64_t hash_ = 0xCBF29CE484222325ULL;
};

}  // namespace moldau::io::sim
