#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "metadata/partition.h"

namespace moldau::metadata {

/// A broker that may take new replicas.
struct UsableBroker {
  BrokerId id{-1};
  std::optional<std::string> rack = {};
  bool is_fenced = false;
};

/// Source of random 64-bit numbers, handed in by the caller: decisions draw no chance of their own.
using RandomBits = std::move_only_function<std::uint64_t()>;

/// Assigns replicas to `partition_count` new partitions: over racks and brokers in turn from a random start,
/// leader first and never on a fenced broker, no broker twice in a partition.
/// INVALID_REPLICATION_FACTOR, in Kafka's words, if there are too few brokers.
Result<std::vector<Replicas>> place_replicas(std::span<const UsableBroker> brokers,
                                             std::int32_t partition_count, std::int16_t replication_factor,
                                             RandomBits& random);

}  // namespace moldau::metadata
