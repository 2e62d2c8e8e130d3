#include "coordinator/assignor/table_order.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>

#include "base/java_hash.h"

namespace moldau::coordinator {
namespace {

/// How many slots a table has: each time a key is put into it, it doubles if three quarters of the keys and
/// one more would not fit.
std::size_t slot_count(std::size_t most) {
  std::size_t slots = 2;
  while ((most + 1) * 3 > slots * 4)
    slots *= 2;
  return slots;
}

}  // namespace

std::vector<std::string_view> in_table_order(std::span<const std::string_view> came, std::size_t most) {
  // By the highest bits of the hash code times a constant of Fibonacci hashing; in one slot who came last is
  // first.
  constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15ULL;
  const int shift = 64 - std::countr_zero(slot_count(most));
  struct Place {
    std::uint64_t slot;
    std::size_t others_behind;
    std::string_view key;
  };
  std::vector<Place> table;
  table.reserve(came.size());
  for (const std::string_view key : came) {
    const std::uint64_t slot = (static_cast<std::uint64_t>(std::int64_t{java_hash(key)}) * kFactor) >> shift;
    table.push_back({.slot = slot, .others_behind = came.size() - table.size(), .key = key});
  }
  std::ranges::sort(table, {}, [](const Place& place) { return std::pair(place.slot, place.others_behind); });
  std::vector<std::string_view> ordered;
  ordered.reserve(table.size());
  for (const Place& place : table)
    ordered.push_back(place.key);
  return ordered;
}

}  // namespace moldau::coordinator
