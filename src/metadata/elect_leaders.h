#pragma once

#include <vector>

#include "metadata/decision.h"
#include "metadata/partition_outcome.h"
#include "protocol/messages/elect_leaders_request.h"

namespace moldau::metadata {

/// ElectLeaders: the preferred leader for partitions that have another, or, by an unclean election, any live
/// replica for partitions without a leader. Each partition on its own succeeds or fails. If no partitions are
/// named, all are meant, and those that need no election are left out of the answer. INVALID_REQUEST for an
/// unknown type of election and POLICY_VIOLATION for more than 10,000 records as the whole answer.
Result<Decision<std::vector<TopicOutcome>>> elect_leaders(const protocol::ElectLeadersRequest& request,
                                                          const DecisionContext& context);

}  // namespace moldau::metadata
