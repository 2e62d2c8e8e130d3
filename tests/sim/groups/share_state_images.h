#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "coordinator/share/share_coordinator.h"
#include "log/partition_log.h"
#include "runtime/node.h"
#include "tests/sim/groups/group_actor.h"
#include "tests/sim/led_coordinators.h"

namespace moldau::sim {

/// What one share coordinator knows, or what its log says, up to an end of that log.
struct ShareStateImage {
  std::int64_t log_end = 0;
  std::map<coordinator::SharePartitionKey, coordinator::SharePartitionState> partitions = {};
};

/// By partition of __share_group_state.
using ShareStateImages = std::map<std::int32_t, ShareStateImage>;

/// How what is live differs from what was read back; empty where it does not.
std::string difference(const ShareStateImage& live, const ShareStateImage& read_back);

/// The share coordinators of a node with their logs.
class NodeShareStates {
 public:
  /// Looks at share partitions of those topics. Both outlive it.
  NodeShareStates(runtime::Node& node, const std::vector<GroupTopic>& topics)
      : node_(node), topics_(topics) {}

  /// Whether each partition of __share_group_state, of which there are `partitions` or none, has been read.
  bool are_loaded(std::int32_t partitions);
  /// Everything that the coordinators have decided, whether it is committed or not.
  ShareStateImages live();
  /// How the logs differ, up to where they ended then, from what was live then; empty where they do not.
  std::string difference_to(const ShareStateImages& then);

 private:
  std::vector<LedCoordinator<runtime::ShareStatePartition>> led();
  ShareStateImage image_of(const coordinator::ShareCoordinator& coordinator, std::int64_t log_end) const;
  Result<ShareStateImage> replayed(log::PartitionLog& log, std::int64_t log_end) const;

  runtime::Node& node_;
  const std::vector<GroupTopic>& topics_;
};

}  // namespace moldau::sim
