#include "coordinator/consumer/current_assignment.h"

#include <algorithm>
#include <set>
#include <utility>

namespace moldau::coordinator {
namespace {

using TopicIds = std::set<Uuid>;

TopicIds subscribed_ids(const ConsumerGroup& group, const TopicsView& topics,
                        const MemberSubscription& subscription) {
  TopicIds ids;
  for (const std::string& name : group.topics_of(subscription)) {
    if (const auto id = topics.id_of(name)) ids.insert(*id);
  }
  return ids;
}

/// A member that does not say what it has may still have all of it.
bool still_owns_any(const OwnedPartitions* owned, const AssignedPartitions& revoked) {
  if (owned == nullptr) return true;
  return std::ranges::any_of(*owned, [&](const auto& topic) {
    const auto pending = revoked.find(topic.first);
    return pending != revoked.end() && std::ranges::any_of(topic.second, [&](std::int32_t partition) {
             return pending->second.contains(partition);
           });
  });
}

class Reconciliation {
 public:
  Reconciliation(const ConsumerGroup& group, const TopicsView& topics, const ConsumerMember& member,
                 const MemberTarget& target, const MemberReport& report)
      : group_(group),
        member_(member),
        target_epoch_(target.epoch),
        target_(by_topic(target.partitions)),
        report_(report),
        subscribed_(subscribed_ids(group, topics, member.subscription)) {}

  /// Takes from the member what it is not subscribed to any more, whatever the target says.
  CurrentAssignment without_unsubscribed() const {
    CurrentAssignment next = member_.current;
    for (const auto& [topic_id, partitions] : member_.current.assigned) {
      if (subscribed_.contains(topic_id)) continue;
      next.assigned.erase(topic_id);
      auto& revoked = next.pending_revocation[topic_id];
      for (const auto& [partition, epoch] : partitions)
        revoked.insert_or_assign(partition, epoch);
    }
    if (next.assigned == member_.current.assigned) return member_.current;
    if (still_owns_any(report_.owned, next.pending_revocation)) {
      next.state = MemberState::kUnrevokedPartitions;
    } else {
      next.pending_revocation = member_.current.pending_revocation;
    }
    next.previous_epoch = member_.current.epoch;
    return next;
  }

  /// The step towards the target from `epoch`.
  CurrentAssignment towards_target(std::int32_t epoch) {
    for (const auto& [topic_id, partitions] : member_.current.assigned)
      split(topic_id);
    for (const auto& [topic_id, partitions] : target_) {
      if (!member_.current.assigned.contains(topic_id)) split(topic_id);
    }
    CurrentAssignment next;
    next.previous_epoch = member_.current.epoch;
    next.assigned = std::move(kept_);
    if (!revoked_.empty() && still_owns_any(report_.owned, revoked_)) {
      next.epoch = epoch;
      next.state = MemberState::kUnrevokedPartitions;
      next.pending_revocation = std::move(revoked_);
      return next;
    }
    for (const auto& [topic_id, partitions] : free_) {
      for (const std::int32_t partition : partitions)
        next.assigned[topic_id][partition] = target_epoch_;
    }
    next.epoch = target_epoch_;
    next.state = waits_ ? MemberState::kUnreleasedPartitions : MemberState::kStable;
    return next;
  }

 private:
  /// Sorts a topic's partitions into those that are kept, given back, free to take, and waited for.
  void split(const Uuid& topic_id) {
    const auto wanted = target_.find(topic_id);
    const bool is_wanted = wanted != target_.end() && subscribed_.contains(topic_id);
    const std::vector<std::int32_t> target = is_wanted ? wanted->second : std::vector<std::int32_t>();
    const auto has = member_.current.assigned.find(topic_id);
    if (has != member_.current.assigned.end()) {
      for (const auto& [partition, epoch] : has->second) {
        const bool is_kept = std::ranges::binary_search(target, partition);
        (is_kept ? kept_ : revoked_)[topic_id][partition] = epoch;
      }
    }
    for (const std::int32_t partition : target) {
      if (has != member_.current.assigned.end() && has->second.contains(partition)) continue;
      if (is_free(topic_id, partition)) {
        free_[topic_id].push_back(partition);
      } else {
        waits_ = true;
      }
    }
  }

  /// What the member itself was about to give back is its own to take.
  bool is_free(const Uuid& topic_id, std::int32_t partition) const {
    if (!group_.partition_epoch(topic_id, partition)) return true;
    const auto pending = member_.current.pending_revocation.find(topic_id);
    return pending != member_.current.pending_revocation.end() && pending->second.contains(partition);
  }

  const ConsumerGroup& group_;
  const ConsumerMember& member_;
  std::int32_t target_epoch_;
  OwnedPartitions target_;
  const MemberReport& report_;
  TopicIds subscribed_;
  AssignedPartitions kept_;
  AssignedPartitions revoked_;
  OwnedPartitions free_;
  bool waits_ = false;
};

}  // namespace

OwnedPartitions by_topic(const MemberAssignment& assignment) {
  OwnedPartitions partitions;
  for (const TopicAssignment& topic : assignment) {
    auto& of_topic = partitions[topic.topic_id];
    of_topic = topic.partitions;
    std::ranges::sort(of_topic);
  }
  return partitions;
}

bool owns_only(const OwnedPartitions* owned, const AssignedPartitions& assigned) {
  if (owned == nullptr) return false;
  return std::ranges::all_of(*owned, [&](const auto& topic) {
    const auto has = assigned.find(topic.first);
    return has != assigned.end() && std::ranges::all_of(topic.second, [&](std::int32_t partition) {
             return has->second.contains(partition);
           });
  });
}

Result<CurrentAssignment> reconcile(const ConsumerGroup& group, const TopicsView& topics,
                                    const ConsumerMember& member, const MemberTarget& target,
                                    const MemberReport& report) {
  const CurrentAssignment& current = member.current;
  Reconciliation reconciliation(group, topics, member, target, report);
  switch (current.state) {
    case MemberState::kStable:
      if (current.epoch != target.epoch) return reconciliation.towards_target(current.epoch);
      return report.has_new_subscription ? reconciliation.without_unsubscribed() : current;
    case MemberState::kUnrevokedPartitions:
      if (!still_owns_any(report.owned, current.pending_revocation)) {
        return reconciliation.towards_target(current.epoch);
      }
      return report.has_new_subscription ? reconciliation.without_unsubscribed() : current;
    case MemberState::kUnreleasedPartitions:
      return reconciliation.towards_target(current.epoch);
    case MemberState::kUnknown:
      if (report.owned == nullptr || !report.owned->empty()) {
        return fail(ErrorCode::kFencedMemberEpoch,
                    "The consumer group member is in a unknown state. The member must abandon all its "
                    "partitions and rejoin.");
      }
      return reconciliation.towards_target(target.epoch);
  }
  return current;
}

}  // namespace moldau::coordinator
