#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "base/persistent_map.h"

namespace moldau::coordinator {

/// How many subscribe to a topic: members by its name, regular expressions by matching it.
struct SubscriptionCount {
  std::int32_t by_name = 0;
  std::int32_t by_regex = 0;

  bool operator==(const SubscriptionCount&) const = default;
};

/// The topics that a group subscribes to.
using SubscriptionCounts = PersistentMap<std::string, SubscriptionCount>;

/// Adds `by`, which may be below 0, to the count of each topic.
void count_topics(SubscriptionCounts& counts, const std::set<std::string, std::less<>>& topics,
                  SubscriptionCount by);

/// Whether each of so many members subscribes to every topic by its name.
bool all_subscribe_by_name(const SubscriptionCounts& counts, std::size_t members);

}  // namespace moldau::coordinator
