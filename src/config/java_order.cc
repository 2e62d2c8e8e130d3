#include "config/java_order.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/java_hash.h"

namespace moldau::config {

void sort_like_hash_map(std::vector<std::string_view>& names, std::size_t buckets) {
  std::vector<std::pair<std::size_t, std::size_t>> order;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto hash = static_cast<std::uint32_t>(java_hash(names[i]));
    order.emplace_back((hash ^ (hash >> 16)) & (buckets - 1), i);
  }
  std::ranges::sort(order);
  std::vector<std::string_view> sorted;
  for (const auto& [bucket, position] : order)
    sorted.push_back(names[position]);
  names = std::move(sorted);
}

std::size_t hash_map_buckets(std::size_t size, std::size_t least) {
  std::size_t buckets = least;
  while (size * 4 > buckets * 3)
    buckets *= 2;
  return buckets;
}

}  // namespace moldau::config
