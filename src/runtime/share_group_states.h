#pragma once

#include <cstdint>

#include "coordinator/share_group/share_group_update.h"
#include "runtime/node.h"
#include "runtime/share_persister.h"
#include "runtime/task.h"

namespace moldau::runtime {

/// Whether a group that could not have the state of its partitions asks for it again.
enum class OnRefusal : std::uint8_t { kAskAgain, kLeave };

/// Has the share coordinators begin the state of a group's partitions, and tells the group's coordinator once
/// they have done so for all of them.
Task<PersistedStates<coordinator::ShareCoordinator::InitializeResult>> begin_share_states(
    Node& node, Shard& here, coordinator::InitializeShareStates request, OnRefusal on_refusal);

/// The same for a caller that does not wait; the group asks again where that fails.
Task<void> begin_share_states_apart(Node& node, Shard& here, coordinator::InitializeShareStates request);

}  // namespace moldau::runtime
