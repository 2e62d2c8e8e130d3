#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "coordinator/assignor/assignor.h"
#include "coordinator/assignor/assignor_errors.h"
#include "coordinator/assignor/java_hash_map.h"
#include "coordinator/assignor/java_text_order.h"

namespace moldau::coordinator {
namespace {

/// A topic's partitions, dealt out from the lowest on: the same number to each subscriber, and to the first
/// ones one more until none is left over.
class Ranges {
 public:
  explicit Ranges(std::int32_t partition_count) : partition_count_(partition_count) {}

  /// One more subscriber; before the first range is taken.
  void add_subscriber() { ++subscriber_count_; }

  /// The next subscriber's partitions.
  std::vector<std::int32_t> next() {
    const std::int32_t extra = subscribers_served_ < partition_count_ % subscriber_count_ ? 1 : 0;
    ++subscribers_served_;
    std::vector<std::int32_t> range(static_cast<std::size_t>(partition_count_ / subscriber_count_ + extra));
    std::iota(range.begin(), range.end(), next_partition_);
    next_partition_ += static_cast<std::int32_t>(range.size());
    return range;
  }

 private:
  std::int32_t partition_count_;
  std::int32_t subscriber_count_ = 0;
  std::int32_t subscribers_served_ = 0;
  std::int32_t next_partition_ = 0;
};

/// Static members by instance id, then the others by member id. The places of members in the spec.
std::vector<std::size_t> in_range_order(const GroupSpec& spec) {
  std::vector<std::size_t> order(spec.members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&spec](std::size_t one, std::size_t other) {
    const MemberSpec& a = spec.members[one];
    const MemberSpec& b = spec.members[other];
    if (a.instance_id.has_value() != b.instance_id.has_value()) return a.instance_id.has_value();
    const std::string_view name = a.instance_id.value_or(a.id);
    const std::string_view other_name = b.instance_id.value_or(b.id);
    return name == other_name ? one < other : is_before_in_java(name, other_name);
  });
  return order;
}

/// Deals out ranges to the members in their order.
class RangeAssignment {
 public:
  explicit RangeAssignment(const GroupSpec& spec) : spec_(spec), order_(in_range_order(spec)) {}

  Result<GroupAssignment> build() {
    for (const std::size_t member : order_) {
      auto topics = topics_of(subscribed(member));
      if (!topics) return fail(std::move(topics).error());
      for (Ranges* ranges : **topics)
        ranges->add_subscriber();
    }
    GroupAssignment assignment(spec_.members.size());
    for (const std::size_t member : order_)
      assignment[member] = assign(subscribed(member));
    return assignment;
  }

 private:
  using RangesOfTopics = std::vector<Ranges*>;

  bool is_homogeneous() const { return spec_.subscription_type == SubscriptionType::kHomogeneous; }

  const SubscribedTopics& subscribed(std::size_t member) const {
    return *spec_.members[is_homogeneous() ? order_.front() : member].subscribed;
  }

  /// The ranges of each subscribed topic; looked up once for all members that share a subscription.
  Result<const RangesOfTopics*> topics_of(const SubscribedTopics& subscribed) {
    const auto [known, is_new] = topics_of_.try_emplace(&subscribed);
    if (!is_new) return &known->second;
    for (const Uuid& topic_id : subscribed.topic_ids) {
      const auto count = spec_.partition_counts.find(topic_id);
      if (count == spec_.partition_counts.end()) return no_such_topic(topic_id);
      known->second.push_back(&ranges_.try_emplace(topic_id, count->second).first->second);
    }
    return &known->second;
  }

  MemberAssignment assign(const SubscribedTopics& subscribed) {
    const std::vector<Uuid>& topic_ids = subscribed.topic_ids;
    const RangesOfTopics& ranges = topics_of_.at(&subscribed);
    JavaHashMap<Uuid, std::vector<std::int32_t>> topics(
        java_capacity_for(is_homogeneous() ? topic_ids.size() : subscribed.name_count));
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      std::vector<std::int32_t> range = ranges[i]->next();
      if (!range.empty()) topics.put(topic_ids[i], std::move(range));
    }
    MemberAssignment assignment;
    assignment.reserve(topics.size());
    topics.for_each([&](const Uuid& topic_id, std::vector<std::int32_t>& range) {
      assignment.push_back({.topic_id = topic_id, .partitions = std::move(range)});
    });
    return assignment;
  }

  const GroupSpec& spec_;
  std::vector<std::size_t> order_;
  std::map<Uuid, Ranges> ranges_;
  std::unordered_map<const SubscribedTopics*, RangesOfTopics> topics_of_;
};

}  // namespace

Result<GroupAssignment> assign_range(const GroupSpec& spec) {
  return RangeAssignment(spec).build();
}

}  // namespace moldau::coordinator
