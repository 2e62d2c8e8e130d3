#pragma once

#include <algorithm>

#include "base/bytes.h"

namespace moldau::wire {

/// A field of type `bytes`: a view that compares by content. Borrowed, like every view of a message.
struct Blob {
  ByteView bytes;

  Blob() = default;
  Blob(ByteView view) : bytes(view) {}  // NOLINT(google-explicit-constructor): a blob is a view with equality
  operator ByteView() const { return bytes; }  // NOLINT(google-explicit-constructor)

  std::size_t size() const { return bytes.size(); }
  bool operator==(const Blob& other) const { return std::ranges::equal(bytes, other.bytes); }
};

}  // namespace moldau::wire
