#include "api/share_group.h"

#include <string>
#include <string_view>
#include <utility>

#include "api/described_groups.h"
#include "api/group_access.h"
#include "api/share_acknowledgement.h"
#include "coordinator/group/share_groups.h"
#include "runtime/share_group_states.h"

namespace moldau::api {
namespace {

using coordinator::ShareHeartbeat;
using protocol::ShareGroupDescribeResponse;
using protocol::ShareGroupHeartbeatResponse;
using runtime::Task;

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
  if (!is_member_id(request.member_id)) co_return refuse(ErrorCode::kInvalidRequest).response;
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
  return describe_groups<ShareGroupDescribeResponse>(
      context, request, has_share_groups(context),
      [](const coordinator::GroupCoordinator& coordinator, std::string_view group) {
        return coordinator::describe_share_group(coordinator.store(), group);
      });
}

}  // namespace moldau::api
