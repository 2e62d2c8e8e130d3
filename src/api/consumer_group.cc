#include "api/consumer_group.h"

#include <algorithm>
#include <string>
#include <utility>

#include "api/group_access.h"
#include "api/operations.h"
#include "coordinator/group/consumer_heartbeat.h"

namespace moldau::api {
namespace {

using protocol::ConsumerGroupDescribeResponse;
using protocol::ConsumerGroupHeartbeatResponse;
using runtime::GroupPartition;
using runtime::Task;
using DescribedGroup = ConsumerGroupDescribeResponse::DescribedGroup;

/// Whether the cluster has groups of that protocol.
bool has_consumer_groups(const Context& context) {
  const auto& protocols = context.node.config().groups.rebalance_protocols;
  return std::ranges::find(protocols, "consumer") != protocols.end() &&
         context.node.cluster_view(context.shard)->image.feature_level("group.version") > 0;
}

DescribedGroup failed(GroupId group, ErrorCode error) {
  DescribedGroup described;
  described.group_id = group;
  described.error_code = error;
  return described;
}

Task<DescribedGroup> describe(Context& context, GroupId group) {
  if (group.value().empty()) co_return failed(group, ErrorCode::kInvalidGroupId);
  const auto refuse = [group](ErrorCode error) { return failed(group, error); };
  co_return co_await ask_coordinator<DescribedGroup>(
      context, group.value(),
      [&](GroupPartition& groups) -> Task<coordinator::Reply<DescribedGroup>> {
        if (!groups.is_loaded())
          co_return coordinator::Reply<DescribedGroup>(refuse(ErrorCode::kCoordinatorLoadInProgress));
        co_return groups.state().describe_consumer_group(group.value());
      },
      refuse);
}

}  // namespace

Task<ConsumerGroupHeartbeatResponse> consumer_group_heartbeat(
    Context& context, const protocol::ConsumerGroupHeartbeatRequest& request) {
  const auto refuse = [](ErrorCode error) {
    ConsumerGroupHeartbeatResponse refused;
    refused.error_code = error;
    return refused;
  };
  if (!has_consumer_groups(context)) co_return refuse(ErrorCode::kUnsupportedVersion);
  const auto checked = coordinator::check_heartbeat(request, context.request.version,
                                                    context.node.config().groups.consumer_assignors);
  if (!checked) {
    ConsumerGroupHeartbeatResponse refused = refuse(checked.error().code);
    refused.error_message = context.keep(checked.error().message);
    co_return refused;
  }
  const std::string host = java_host(context);
  const coordinator::RequestContext asked = coordinator_context(context, host);
  co_return co_await ask_coordinator<ConsumerGroupHeartbeatResponse>(
      context, request.group_id.value(),
      [&](GroupPartition& groups) {
        return groups.answer<ConsumerGroupHeartbeatResponse>(
            [&](coordinator::GroupCoordinator& coordinator) {
              return coordinator.consumer_heartbeat(completed(asked, groups), request);
            },
            refuse);
      },
      refuse);
}

Task<ConsumerGroupDescribeResponse> consumer_group_describe(
    Context& context, const protocol::ConsumerGroupDescribeRequest& request) {
  ConsumerGroupDescribeResponse response;
  const bool has_groups = has_consumer_groups(context);
  for (const GroupId group : request.group_ids) {
    DescribedGroup described =
        has_groups ? co_await describe(context, group) : failed(group, ErrorCode::kUnsupportedVersion);
    if (request.include_authorized_operations && described.error_code == ErrorCode::kNone)
      described.authorized_operations = kAllGroupOperations;
    response.groups.push_back(std::move(described));
  }
  co_return response;
}

}  // namespace moldau::api
