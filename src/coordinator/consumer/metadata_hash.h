#pragma once

#include <cstdint>
#include <set>
#include <string_view>

#include "coordinator/consumer/subscription_count.h"
#include "coordinator/topics_view.h"

namespace moldau::coordinator {

/// The hash by which a group notices that its topics have changed: XXH3-64 over the hashes of those that
/// exist, by name; 0 without any. A topic's is over its id, name, partitions and the racks of their replicas
/// (docs/formats/group-records.md). The same on every broker.
std::int64_t metadata_hash(const TopicsView& topics, const SubscriptionCounts& subscribed_topics);
std::int64_t metadata_hash(const TopicsView& topics, const std::set<std::string_view>& names);

}  // namespace moldau::coordinator
