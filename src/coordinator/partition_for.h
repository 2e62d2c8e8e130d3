#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "base/java_hash.h"

namespace moldau::coordinator {

/// The partition of an internal topic that keeps `name` (a group or transactional id): abs(hash) mod count,
/// where the absolute value of the least int is 0 (Apache Kafka's Utils.abs). `partition_count` is positive.
constexpr std::int32_t partition_for(std::string_view name, std::int32_t partition_count) {
  const std::int32_t hash = java_hash(name);
  if (hash == std::numeric_limits<std::int32_t>::min()) return 0;
  return (hash < 0 ? -hash : hash) % partition_count;
}

}  // namespace moldau::coordinator
