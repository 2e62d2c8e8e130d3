#include "coordinator/consumer/target_assignment.h"

#include "coordinator/assignor/member_order.h"

namespace moldau::coordinator {
namespace {

/// The topics of members that subscribe alike, found once.
class Subscriptions {
 public:
  explicit Subscriptions(const TopicsView& topics) : topics_(topics) {}

  const SubscribedTopics& of(const TargetMember& member) {
    const TargetMember::Names none;
    const auto& matching = member.matching_topics == nullptr ? none : *member.matching_topics;
    const auto [found, is_new] = subscribed_.try_emplace(Key(*member.topics, matching));
    if (is_new) found->second = find(found->first);
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
  using Key = std::pair<TargetMember::Names, TargetMember::Names>;

  SubscribedTopics find(const Key& key) const {
    const std::vector<std::string_view> names(key.first.begin(), key.first.end());
    const std::vector<std::string_view> matching(key.second.begin(), key.second.end());
    SubscribedTopics subscribed;
    for (const std::string_view name : subscribed_names(names, matching)) {
      ++subscribed.name_count;
      if (const auto id = topics_.id_of(name)) subscribed.topic_ids.push_back(*id);
    }
    return subscribed;
  }

  const TopicsView& topics_;
  std::map<Key, SubscribedTopics> subscribed_;
};

/// Members in the order in which Apache Kafka would walk them had they joined in the order of their ids.
std::vector<const TargetMember*> in_order(const std::vector<TargetMember>& members) {
  std::vector<std::string_view> ids;
  std::map<std::string_view, const TargetMember*> by_id;
  for (const TargetMember& member : members) {
    ids.push_back(member.id);
    by_id.emplace(member.id, &member);
  }
  std::vector<const TargetMember*> ordered;
  if (ids.empty()) return ordered;
  for (const std::string_view id :
       member_order({.joined = ids, .most_members = ids.size()}, ids.front(), std::nullopt)) {
    ordered.push_back(by_id.find(id)->second);
  }
  return ordered;
}

}  // namespace

Error target_failure(std::int32_t epoch, std::string_view reason) {
  return {.code = ErrorCode::kUnknownServerError,
          .message = "Failed to compute a new target assignment for epoch " + std::to_string(epoch) + ": " +
                     std::string(reason)};
}

Result<Targets> compute_targets(const TargetRequest& request, const TopicsView& topics,
                                Result<GroupAssignment> (*assign)(const GroupSpec& spec)) {
  Subscriptions subscriptions(topics);
  GroupSpec spec;
  spec.subscription_type =
      request.is_homogeneous ? SubscriptionType::kHomogeneous : SubscriptionType::kHeterogeneous;
  for (const TargetMember* member : in_order(request.members)) {
    spec.members.push_back({.id = member->id,
                            .instance_id = member->instance_id,
                            .subscribed = &subscriptions.of(*member),
                            .assigned = member->target});
  }
  spec.partition_counts = subscriptions.partition_counts();
  spec.assignable = request.assignable;
  auto assigned = assign(spec);
  if (!assigned) return fail(target_failure(request.epoch, assigned.error().message));
  Targets targets;
  for (std::size_t i = 0; i < spec.members.size(); ++i)
    targets.emplace_back(spec.members[i].id, std::move((*assigned)[i]));
  return targets;
}

}  // namespace moldau::coordinator
