#include "api/consumer_group.h"

#include <string>
#include <string_view>
#include <utility>

#include "api/described_groups.h"
#include "api/group_access.h"
#include "coordinator/group/consumer_heartbeat.h"

namespace moldau::api {
namespace {

using protocol::ConsumerGroupDescribeResponse;
using protocol::ConsumerGroupHeartbeatResponse;
using runtime::GroupPartition;
using runtime::Task;

bool has_consumer_groups(const Context& context) {
  return has_groups_of(context, "consumer", "group.version");
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
  return describe_groups<ConsumerGroupDescribeResponse>(
      context, request, has_consumer_groups(context),
      [](const coordinator::GroupCoordinator& coordinator, std::string_view group) {
        return coordinator.describe_consumer_group(group);
      });
}

}  // namespace moldau::api
