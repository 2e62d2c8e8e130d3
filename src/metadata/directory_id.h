#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <tuple>

#include "base/uuid.h"

namespace moldau::metadata {

/// Directory ids that name no directory (KIP-858).
inline constexpr Uuid kMigratingDirectory{0, 0};   ///< From before directories were assigned.
inline constexpr Uuid kUnassignedDirectory{0, 1};  ///< The broker picks one and reports it.
inline constexpr Uuid kLostDirectory{0, 2};        ///< The replica's directory is offline and not known.

/// True for the hundred ids that no directory may have.
constexpr bool is_reserved_directory(const Uuid& id) {
  return id.most_significant() == 0 && std::bit_cast<std::int64_t>(id.least_significant()) < 100;
}

/// The order in which Kafka sorts ids: both halves as signed numbers.
struct KafkaUuidLess {
  bool operator()(const Uuid& a, const Uuid& b) const {
    const auto halves = [](const Uuid& id) {
      return std::tuple(std::bit_cast<std::int64_t>(id.most_significant()),
                        std::bit_cast<std::int64_t>(id.least_significant()));
    };
    return halves(a) < halves(b);
  }
};

/// True if a replica in `directory` can be served by a broker that registered `online`. A broker that named
/// no directory registered before they were known, so all of them count as online.
inline bool is_online_directory(const Uuid& directory, std::span<const Uuid> online) {
  if (directory == kUnassignedDirectory || directory == kMigratingDirectory) return true;
  if (directory == kLostDirectory) return false;
  return online.empty() || std::ranges::find(online, directory) != online.end();
}

}  // namespace moldau::metadata
