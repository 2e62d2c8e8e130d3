#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "coordinator/assignor/task_assignor.h"
#include "coordinator/streams_group/member.h"
#include "coordinator/streams_group/streams_group.h"

namespace moldau::coordinator {

/// Tasks of a subtopology as a request names them. Nothing has checked them.
struct NamedTasks {
  std::string subtopology = {};
  std::vector<std::int32_t> partitions = {};
};

/// Tasks that a member says it has.
struct OwnedTasks {
  std::vector<NamedTasks> active = {};
  std::vector<NamedTasks> standby = {};
  std::vector<NamedTasks> warmup = {};
};

/// Whether each of the tasks is among `assigned`.
bool owns_only(const OwnedTasks& owned, const AssignedTasks& assigned);

/// What a member has to reach.
struct TasksTarget {
  std::int32_t epoch = 0;
  const Tasks& tasks;
};

/// The member's next assignment on its way to the target, which it has not reached (KIP-1071's
/// reconciliation): tasks are given back before the epoch rises, and given out once no client has them that
/// must not. `owned` is nullptr where the member does not say what it has. FENCED_MEMBER_EPOCH where its
/// state is of an unknown kind and it has tasks; UNKNOWN_SERVER_ERROR where it names a subtopology twice.
Result<StreamsAssignment> reconcile(const TaskOwners& owners, const StreamsMember& member,
                                    const TasksTarget& target, const OwnedTasks* owned);

}  // namespace moldau::coordinator
