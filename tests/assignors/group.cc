#include "tests/assignors/group.h"

#include <algorithm>
#include <set>

#include "coordinator/assignor/member_order.h"

namespace moldau::testing {

using coordinator::GroupAssignment;
using coordinator::GroupSpec;
using coordinator::MemberAssignment;
using coordinator::SubscribedTopics;
using coordinator::SubscriptionType;

namespace {

const Life::Member& member_of(const Life& life, const Life::Turn& turn, std::string_view id) {
  return id == turn.updated.id ? turn.updated : *std::ranges::find(life.members(), id, &Life::Member::id);
}

const Life::Subscription& subscription_of(const Life& life, const Life::Member& member) {
  return life.subscriptions()[static_cast<std::size_t>(member.subscription)];
}

}  // namespace

SubscriptionType subscription_type(const Life& life, const Life::Turn& turn) {
  std::vector<Life::Member> members = life.members();
  std::erase_if(members, [&](const Life::Member& member) { return member.id == turn.replaced; });
  members.push_back(turn.updated);
  std::set<std::pair<int, std::set<std::string>>> wanted;
  for (const Life::Member& listed : members) {
    const Life::Subscription& subscription = subscription_of(life, member_of(life, turn, listed.id));
    if (subscription.regex >= 0 && !subscription.names.empty()) return SubscriptionType::kHeterogeneous;
    wanted.emplace(subscription.regex, std::set(subscription.names.begin(), subscription.names.end()));
  }
  return wanted.size() == 1 ? SubscriptionType::kHomogeneous : SubscriptionType::kHeterogeneous;
}

Group::Group(const Life& life) : life_(life), most_members_(life.members().size()) {
  for (const Life::Member& member : life.members())
    joined_.push_back(member.id);
}

void Group::remove(std::string_view id) {
  std::erase(joined_, id);
  if (const auto target = targets_.find(id); target != targets_.end()) targets_.erase(target);
}

std::optional<Group::Targets> Group::assign(const Life::Turn& turn) {
  const std::vector<std::string_view> ids = order(turn);
  std::vector<SubscribedTopics> topics;
  for (const Life::Subscription& subscription : life_.subscriptions())
    topics.push_back(subscribed(subscription));
  const GroupSpec group = spec(turn, ids, topics);
  const auto* const assignor = coordinator::find_consumer_group_assignor(turn.assignor);
  Result assignment = assignor != nullptr ? assignor->assign(group) : coordinator::assign_simple(group);
  std::optional<Targets> changes;
  if (assignment) {
    changes.emplace();
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const MemberAssignment* const old = target_of(ids[i]);
      if (old != nullptr && coordinator::is_same_assignment(*old, (*assignment)[i])) continue;
      changes->emplace_back(ids[i], std::move((*assignment)[i]));
    }
  }
  join(turn);
  if (changes) {
    for (const auto& [id, target] : *changes)
      targets_.insert_or_assign(id, target);
  }
  return changes;
}

std::vector<std::string_view> Group::order(const Life::Turn& turn) const {
  const std::vector<std::string_view> joined(joined_.begin(), joined_.end());
  return coordinator::member_order({.joined = joined, .most_members = most_members_}, turn.updated.id,
                                   turn.replaced);
}

SubscribedTopics Group::subscribed(const Life::Subscription& subscription) const {
  const std::vector<std::string_view> names(subscription.names.begin(), subscription.names.end());
  std::vector<std::string_view> regex_names;
  if (subscription.regex >= 0) {
    const std::vector<std::string>& matched = life_.regexes()[static_cast<std::size_t>(subscription.regex)];
    regex_names.assign(matched.begin(), matched.end());
  }
  SubscribedTopics topics;
  for (const std::string_view name : coordinator::subscribed_names(names, regex_names)) {
    ++topics.name_count;
    const auto topic = std::ranges::find(life_.topics(), name, &Life::Topic::name);
    if (topic->id) topics.topic_ids.push_back(*topic->id);
  }
  return topics;
}

GroupSpec Group::spec(const Life::Turn& turn, const std::vector<std::string_view>& ids,
                      const std::vector<SubscribedTopics>& subscribed) const {
  GroupSpec group;
  group.subscription_type = subscription_type(life_, turn);
  for (const std::string_view id : ids) {
    const Life::Member& member = member_of(life_, turn, id);
    group.members.push_back(
        {.id = id,
         .instance_id = member.instance,
         .subscribed = &subscribed[static_cast<std::size_t>(member.subscription)],
         .assigned = target_of(id == turn.updated.id && turn.replaced ? *turn.replaced : id)});
  }
  if (life_.is_share()) group.assignable.emplace();
  for (const Life::Topic& topic : life_.topics()) {
    if (!topic.id) continue;
    group.partition_counts[*topic.id] = topic.partitions;
    for (int partition = 0; life_.is_share() && partition < topic.initialized; ++partition) {
      (*group.assignable)[*topic.id].insert(partition);
    }
  }
  return group;
}

const MemberAssignment* Group::target_of(std::string_view id) const {
  const auto target = targets_.find(id);
  return target == targets_.end() ? nullptr : &target->second;
}

void Group::join(const Life::Turn& turn) {
  if (turn.replaced) {
    if (const MemberAssignment* const old = target_of(*turn.replaced)) {
      MemberAssignment taken_over = *old;
      targets_.insert_or_assign(turn.updated.id, std::move(taken_over));
    }
    remove(*turn.replaced);
  }
  if (std::ranges::find(joined_, turn.updated.id) == joined_.end()) joined_.push_back(turn.updated.id);
  most_members_ = std::max(most_members_, joined_.size());
}

}  // namespace moldau::testing
