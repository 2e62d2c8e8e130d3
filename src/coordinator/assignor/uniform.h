#pragma once

#include "coordinator/assignor/assignor.h"

namespace moldau::coordinator {

/// assign_uniform of at least one member, where all subscribe to the same topics.
Result<GroupAssignment> assign_uniform_homogeneous(const GroupSpec& spec);

/// assign_uniform of at least one member, where not all subscribe to the same topics.
Result<GroupAssignment> assign_uniform_heterogeneous(const GroupSpec& spec);

}  // namespace moldau::coordinator
