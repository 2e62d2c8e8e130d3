#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "coordinator/assignor/assignor.h"
#include "coordinator/consumer/consumer_group.h"
#include "coordinator/topics_view.h"

namespace moldau::coordinator {

/// The target of every member that the assignor of that name gives, in the order of their records. Fails
/// where the assignor does.
Result<std::vector<std::pair<std::string, MemberAssignment>>> compute_targets(const ConsumerGroup& group,
                                                                              const TopicsView& topics,
                                                                              std::string_view assignor);

}  // namespace moldau::coordinator
