#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace moldau::wire {

/// The record batches of a message: bytes at hand, or bytes that the sender puts into the stream itself,
/// such as a slice of a log file. Only the size of those is known to the codecs (Writer::splices()).
struct Records {
  ByteView bytes;                  ///< borrowed; empty where external_bytes is not 0
  std::size_t external_bytes = 0;  ///< size of what the sender splices in

  std::size_t size_bytes() const { return external_bytes > 0 ? external_bytes : bytes.size(); }

  bool operator==(const Records& other) const;
};

}  // namespace moldau::wire
