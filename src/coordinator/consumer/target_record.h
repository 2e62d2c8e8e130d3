#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "coordinator/assignor/assignor.h"

namespace moldau::coordinator {

/// A target as its record has it, in the record's order; what it names twice counts once. `Topic` has
/// `topic_id` and `partitions`.
template <class Topic>
MemberAssignment unique_assignment(const std::vector<Topic>& topics) {
  MemberAssignment assignment;
  std::set<std::pair<Uuid, std::int32_t>> known;
  for (const Topic& topic : topics) {
    auto at = std::ranges::find(assignment, topic.topic_id, &TopicAssignment::topic_id);
    if (at == assignment.end()) {
      at = assignment.insert(at, {.topic_id = topic.topic_id, .partitions = {}});
    }
    for (const std::int32_t partition : topic.partitions) {
      if (known.emplace(topic.topic_id, partition).second) at->partitions.push_back(partition);
    }
  }
  return assignment;
}

}  // namespace moldau::coordinator
