#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "coordinator/assignor/task_assignor.h"
#include "coordinator/streams_group/configured_topology.h"
#include "coordinator/streams_group/streams_group.h"

namespace moldau::coordinator {

/// Members and their targets, in the order of their records.
using TaskTargets = std::vector<std::pair<std::string, Tasks>>;

/// The targets of a group's members: no tasks while the topology is not ready. `newcomer` has joined with the
/// request that asks, or is nullptr. UNKNOWN_SERVER_ERROR where the assignor fails.
Result<TaskTargets> compute_task_targets(const StreamsGroup& group, const ConfiguredTopology& topology,
                                         std::int32_t standby_replicas, const std::string* newcomer);

}  // namespace moldau::coordinator
