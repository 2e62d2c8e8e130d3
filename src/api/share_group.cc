#include "api/share_group.h"

#include <cstddef>
#include <string>
#include <utility>

#include "api/group_access.h"
#include "api/operations.h"
#include "base/utf16.h"
#include "coordinator/group/share_groups.h"
#include "runtime/share_group_states.h"

namespace moldau::api {
namespace {

using coordinator::ShareHeartbeat;
using protocol::ShareGroupDescribeResponse;
using protocol::ShareGroupHeartbeatResponse;
using runtime::GroupPartition;
using runtime::Task;
using DescribedGroup = ShareGroupDescribeResponse::DescribedGroup;

/// Characters of the longest member id: a uuid's in the form for people.
constexpr std::size_t kLongestMemberId = 36;

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
        co_return coordinator::describe_share_group(groups.state().store(), group.value());
      },
      refuse);
}

}  // namespace

bool has_share_groups(const Context& context) {
  return context.cluster->image.feature_level("share.version") > 0;
}

Task<ShareGroupHeartbeatResponse> share_group_heartbeat(Context& context,
                                                        const protocol::ShareGroupHeartbeatRequest& request) {
  const auto refuse = [](ErrorCode error) {
    ShareHeartbeat refused;
    refused.response.error_code = error;
    return refused;
  };
  if (!has_share_groups(context)) co_return refuse(ErrorCode::kUnsupportedVersion).response;
  if (request.member_id.empty() || utf16_length(request.member_id) > kLongestMemberId)
    co_return refuse(ErrorCode::kInvalidRequest).response;
  if (const auto checked = coordinator::check_share_heartbeat(request); !checked) {
    ShareHeartbeat refused = refuse(checked.error().code);
    refused.response.error_message = context.keep(checked.error().message);
    co_return std::move(refused.response);
  }
  const std::string host = java_host(context);
  ShareHeartbeat heard = co_await ask_for_decision<ShareHeartbeat>(
      context, request.group_id.value(), coordinator_context(context, host),
      [&request](coordinator::GroupCoordinator& coordinator, const coordinator::RequestContext& asked) {
        return coordinator.share_groups().heartbeat(asked, request);
      },
      refuse);
  if (heard.initialize) {
    context.shard.tasks().spawn(
        runtime::begin_share_states_apart(context.node, context.shard, *std::move(heard.initialize)));
  }
  co_return std::move(heard.response);
}

Task<ShareGroupDescribeResponse> share_group_describe(Context& context,
                                                      const protocol::ShareGroupDescribeRequest& request) {
  ShareGroupDescribeResponse response;
  const bool has_groups = has_share_groups(context);
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
