#include "coordinator/consumer/target_assignment.h"

#include <map>
#include <set>

#include "coordinator/assignor/member_order.h"

namespace moldau::coordinator {
namespace {

/// The topics of members that subscribe alike, found once.
class Subscriptions {
 public:
  Subscriptions(const ConsumerGroup& group, const TopicsView& topics) : group_(group), topics_(topics) {}

  const SubscribedTopics& of(const MemberSubscription& subscription) {
    Key key(subscription.topics, subscription.regex.value_or(""));
    const auto [found, is_new] = subscribed_.try_emplace(std::move(key));
    if (is_new) found->second = find(subscription);
    return found->second;
  }

  /// The partitions of every topic that was found.
  std::map<Uuid, std::int32_t> partition_counts() const {
    std::map<Uuid, std::int32_t> counts;
    for (const auto& [key, subscribed] : subscribed_) {
      for (const Uuid& id : subscribed.topic_ids)
        counts.emplace(id, topics_.partition_count(id).value_or(0));
    }
    return counts;
  }

 private:
  using Key = std::pair<std::set<std::string, std::less<>>, std::string>;

  SubscribedTopics find(const MemberSubscription& subscription) const {
    const std::vector<std::string_view> names(subscription.topics.begin(), subscription.topics.end());
    std::vector<std::string_view> matching;
    if (subscription.has_regex()) {
      if (const ResolvedRegex* resolved = group_.resolved(*subscription.regex)) {
        matching.assign(resolved->topics.begin(), resolved->topics.end());
      }
    }
    SubscribedTopics subscribed;
    for (const std::string_view name : subscribed_names(names, matching)) {
      ++subscribed.name_count;
      if (const auto id = topics_.id_of(name)) subscribed.topic_ids.push_back(*id);
    }
    return subscribed;
  }

  const ConsumerGroup& group_;
  const TopicsView& topics_;
  std::map<Key, SubscribedTopics> subscribed_;
};

/// Members in the order in which Apache Kafka would walk them had they joined in the order of their ids.
std::vector<std::string_view> in_order(const ConsumerGroup& group) {
  std::vector<std::string_view> ids;
  for (const auto& [id, unused] : group.members())
    ids.push_back(id);
  if (ids.empty()) return ids;
  return member_order({.joined = ids, .most_members = ids.size()}, ids.front(), std::nullopt);
}

}  // namespace

Result<std::vector<std::pair<std::string, MemberAssignment>>> compute_targets(const ConsumerGroup& group,
                                                                              const TopicsView& topics,
                                                                              std::string_view assignor) {
  const Assignor* chosen = find_consumer_group_assignor(assignor);
  if (chosen == nullptr) {
    return fail(ErrorCode::kUnsupportedAssignor, "there is no assignor " + std::string(assignor));
  }
  Subscriptions subscriptions(group, topics);
  GroupSpec spec;
  spec.subscription_type =
      group.is_homogeneous() ? SubscriptionType::kHomogeneous : SubscriptionType::kHeterogeneous;
  for (const std::string_view id : in_order(group)) {
    const MemberSubscription& subscription = group.find(id)->subscription;
    MemberSpec& member = spec.members.emplace_back();
    member.id = id;
    member.instance_id = subscription.instance_id;
    member.subscribed = &subscriptions.of(subscription);
    member.assigned = &group.target(id);
  }
  spec.partition_counts = subscriptions.partition_counts();
  auto assigned = chosen->assign(spec);
  if (!assigned) return fail(std::move(assigned).error());
  std::vector<std::pair<std::string, MemberAssignment>> targets;
  for (std::size_t i = 0; i < spec.members.size(); ++i)
    targets.emplace_back(spec.members[i].id, std::move((*assigned)[i]));
  return targets;
}

}  // namespace moldau::coordinator
