#include "coordinator/assignor/assignor.h"

#include <algorithm>
#include <array>

namespace moldau::coordinator {
namespace {

constexpr std::array<Assignor, 2> kConsumerGroupAssignors = {
    {{"uniform", assign_uniform}, {"range", assign_range}}};

/// The assignment in an order of its own.
MemberAssignment sorted(MemberAssignment assignment) {
  std::ranges::sort(assignment, {}, &TopicAssignment::topic_id);
  for (TopicAssignment& topic : assignment)
    std::ranges::sort(topic.partitions);
  return assignment;
}

}  // namespace

bool is_same_assignment(const MemberAssignment& one, const MemberAssignment& other) {
  if (one.size() != other.size()) return false;
  return one == other || sorted(one) == sorted(other);
}

std::span<const Assignor> consumer_group_assignors() {
  return kConsumerGroupAssignors;
}

const Assignor* find_consumer_group_assignor(std::string_view name) {
  const auto* found = std::ranges::find(kConsumerGroupAssignors, name, &Assignor::name);
  return found == kConsumerGroupAssignors.end() ? nullptr : &*found;
}

}  // namespace moldau::coordinator
