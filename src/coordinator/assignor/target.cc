#include "coordinator/assignor/target.h"

#include <utility>

namespace moldau::coordinator {

PartitionsByTopic partitions_by_topic(const MemberAssignment& assignment) {
  PartitionsByTopic topics;
  for (const TopicAssignment& topic : assignment)
    topics.put(topic.topic_id, PartitionSet::of(topic.partitions));
  return topics;
}

const MemberAssignment& Target::assigned() const {
  static const MemberAssignment kNothing;
  return assigned_ == nullptr ? kNothing : *assigned_;
}

PartitionsByTopic& Target::changed() {
  if (!changed_) {
    PartitionsByTopic topics = partitions_by_topic(assigned());
    changed_.emplace(topics.size());
    topics.for_each([this](const Uuid& topic_id, const PartitionSet& partitions) {
      changed_->put(topic_id, PartitionSet::of(partitions.keys()));
    });
  }
  return *changed_;
}

void Target::remove(const Uuid& topic_id, std::int32_t partition) {
  PartitionSet* const partitions = changed().find(topic_id);
  if (partitions == nullptr) return;
  partitions->erase(partition);
  if (partitions->empty()) changed().erase(topic_id);
}

void Target::add(const Uuid& topic_id, std::int32_t partition, std::optional<std::size_t> initial_capacity) {
  changed()
      .compute_if_absent(topic_id,
                         [&] { return initial_capacity ? PartitionSet(*initial_capacity) : PartitionSet(); })
      .add(partition);
}

MemberAssignment Target::take() {
  PartitionsByTopic topics = changed_ ? *std::move(changed_) : partitions_by_topic(assigned());
  MemberAssignment assignment;
  assignment.reserve(topics.size());
  topics.for_each([&](const Uuid& topic_id, const PartitionSet& partitions) {
    assignment.push_back({.topic_id = topic_id, .partitions = partitions.keys()});
  });
  return assignment;
}

std::vector<Target> targets_of(const GroupSpec& spec) {
  std::vector<Target> targets;
  targets.reserve(spec.members.size());
  for (const MemberSpec& member : spec.members)
    targets.emplace_back(member.assigned);
  return targets;
}

GroupAssignment take_all(std::vector<Target>& targets) {
  GroupAssignment assignment;
  assignment.reserve(targets.size());
  for (Target& target : targets)
    assignment.push_back(target.take());
  return assignment;
}

}  // namespace moldau::coordinator
