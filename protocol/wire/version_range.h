#pragma once

#include <cstdint>
#include <limits>

namespace moldau::wire {

/// Versions of a message, both ends included. Empty when lowest > highest.
struct VersionRange {
  std::int16_t lowest = 0;
  std::int16_t highest = -1;

  constexpr bool contains(std::int16_t version) const { return lowest <= version && version <= highest; }
  constexpr bool empty() const { return lowest > highest; }
  constexpr bool operator==(const VersionRange&) const = default;
};

/// The highest of an open range such as "3+".
inline constexpr std::int16_t kHighestVersion = std::numeric_limits<std::int16_t>::max();

}  // namespace moldau::wire
