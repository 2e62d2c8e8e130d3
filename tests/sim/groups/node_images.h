#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/groups/coordinator_images.h"
#include "tests/sim/groups/share_state_images.h"

namespace moldau::sim {

/// What a node's coordinators of groups and of share partitions know, held against their logs.
class NodeImages {
 public:
  struct Known {
    CoordinatorImages groups = {};
    ShareStateImages shares = {};
  };

  /// Looks at share partitions of those topics. Both outlive it.
  NodeImages(runtime::Node& node, const std::vector<GroupTopic>& topics)
      : groups_(node), shares_(node, topics) {}

  /// Whether all partitions of the internal topics, of which there are so many, have been read.
  bool are_loaded(std::int32_t offsets_partitions, std::int32_t share_state_partitions) {
    return groups_.are_loaded(offsets_partitions) && shares_.are_loaded(share_state_partitions);
  }
  Known live() { return {.groups = groups_.live(), .shares = shares_.live()}; }
  /// How the logs differ, up to where they ended then, from what was live then; empty where they do not.
  std::string difference_to(const Known& then) {
    std::string bad = groups_.difference_to(then.groups);
    return bad.empty() ? shares_.difference_to(then.shares) : bad;
  }
  /// How the node's coordinators differ from their logs.
  std::string difference_to_logs() { return difference_to(live()); }

 private:
  NodeCoordinators groups_;
  NodeShareStates shares_;
};

}  // namespace moldau::sim
