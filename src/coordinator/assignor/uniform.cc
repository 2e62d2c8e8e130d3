#include "coordinator/assignor/uniform.h"

namespace moldau::coordinator {

Result<GroupAssignment> assign_uniform(const GroupSpec& spec) {
  if (spec.members.empty()) return GroupAssignment{};
  return spec.subscription_type == SubscriptionType::kHomogeneous ? assign_uniform_homogeneous(spec)
                                                                  : assign_uniform_heterogeneous(spec);
}

}  // namespace moldau::coordinator
