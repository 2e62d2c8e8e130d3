#pragma once

#include <cstdint>
#include <string_view>

#include "base/utf16.h"

namespace moldau {

/// Java's String.hashCode of a UTF-8 text: h = 31 h + unit over its UTF-16 units, wrapping at 32 bits. Kafka
/// places groups and transactions on partitions by it.
constexpr std::int32_t java_hash(std::string_view utf8) {
  std::uint32_t hash = 0;
  for_each_utf16_unit(utf8, [&hash](std::uint16_t unit) { hash = 31 * hash + unit; });
  return static_cast<std::int32_t>(hash);
}

}  // namespace moldau
