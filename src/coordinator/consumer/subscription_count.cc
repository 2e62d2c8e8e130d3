#include "coordinator/consumer/subscription_count.h"

#include <algorithm>
#include <utility>

namespace moldau::coordinator {

void count_topics(SubscriptionCounts& counts, const std::set<std::string, std::less<>>& topics,
                  SubscriptionCount by) {
  for (const std::string& topic : topics) {
    const SubscriptionCount* found = counts.find(topic);
    SubscriptionCount count = found == nullptr ? SubscriptionCount{} : *found;
    count.by_name += by.by_name;
    count.by_regex += by.by_regex;
    const bool is_subscribed = count.by_name > 0 || count.by_regex > 0;
    counts = is_subscribed ? counts.with(topic, count) : counts.without(topic);
  }
}

bool all_subscribe_by_name(const SubscriptionCounts& counts, std::size_t members) {
  return std::ranges::all_of(
      counts, [&](const auto& topic) { return std::cmp_equal(topic.second.by_name, members); });
}

}  // namespace moldau::coordinator
