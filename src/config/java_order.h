#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace moldau::config {

/// Puts names into the order in which a Java HashMap of `buckets` (a power of two) lists them when they were
/// inserted in the given order. Apache Kafka answers DescribeConfigs in that order.
void sort_like_hash_map(std::vector<std::string_view>& names, std::size_t buckets);

/// The number of buckets of a Java HashMap that holds `size` entries: at most three quarters full. It begins
/// with `least` of them, a power of two.
std::size_t hash_map_buckets(std::size_t size, std::size_t least = 16);

}  // namespace moldau::config
