#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace moldau {

/// Borrowed bytes, read only. The owner outlives the view.
using ByteView = std::span<const std::uint8_t>;

/// Borrowed bytes, writable.
using MutableBytes = std::span<std::uint8_t>;

/// Owned bytes.
using Bytes = std::vector<std::uint8_t>;

/// The bytes of a text, borrowed.
inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The same bytes seen as text, borrowed; no claim about their encoding.
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace moldau
