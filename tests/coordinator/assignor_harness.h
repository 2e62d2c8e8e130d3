#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coordinator/assignor/assignor.h"

namespace moldau::coordinator {

/// A group for an assignor, made up member by member.
class AssignorGroup {
 public:
  static Uuid topic(std::uint64_t number) { return {0x7000, number}; }

  /// A topic by a small number of its own.
  void add_topic(std::uint64_t number, std::int32_t partition_count) {
    spec.partition_counts[topic(number)] = partition_count;
  }

  void add_member(std::string_view id, const std::vector<std::uint64_t>& topics,
                  MemberAssignment assigned = {},
                  std::optional<std::string_view> instance_id = std::nullopt) {
    SubscribedTopics& subscribed = subscribed_.emplace_back();
    for (const std::uint64_t number : topics)
      subscribed.topic_ids.push_back(topic(number));
    subscribed.name_count = topics.size();
    spec.members.push_back({.id = id,
                            .instance_id = instance_id,
                            .subscribed = &subscribed,
                            .assigned = &assigned_.emplace_back(std::move(assigned))});
  }

  /// The members' assignments become what they were given.
  void take(GroupAssignment assignment) {
    for (std::size_t i = 0; i < assignment.size(); ++i) {
      spec.members[i].assigned = &assigned_.emplace_back(std::move(assignment[i]));
    }
  }

  GroupSpec spec;

 private:
  std::deque<SubscribedTopics> subscribed_;
  std::deque<MemberAssignment> assigned_;
};

inline TopicAssignment partitions(std::uint64_t number, std::vector<std::int32_t> partitions) {
  return {.topic_id = AssignorGroup::topic(number), .partitions = std::move(partitions)};
}

/// How many partitions the assignment has.
inline std::size_t count_of(const MemberAssignment& assignment) {
  std::size_t count = 0;
  for (const TopicAssignment& topic : assignment)
    count += topic.partitions.size();
  return count;
}

/// How many partitions all of them have.
inline std::size_t count_of(const GroupAssignment& assignment) {
  std::size_t count = 0;
  for (const MemberAssignment& member : assignment)
    count += count_of(member);
  return count;
}

}  // namespace moldau::coordinator
