#include "api/group_membership.h"

#include <string>
#include <utility>

#include "api/group_access.h"

namespace moldau::api {
namespace {

using coordinator::GroupCoordinator;
using runtime::GroupPartition;
using runtime::Task;

/// The first version of JoinGroup whose answer may lack a protocol's name; older ones say "".
constexpr std::int16_t kNullableProtocolVersion = 7;

/// As ask_coordinator, of a group that has to have a name, which is looked at first.
template <class Message, class Ask, class Refuse>
Task<Message> ask_about(Context& context, GroupId group, Ask ask, Refuse refuse) {
  if (group.value().empty()) co_return refuse(ErrorCode::kInvalidGroupId);
  co_return co_await ask_coordinator<Message>(context, group.value(), std::move(ask), std::move(refuse));
}

}  // namespace

Task<protocol::JoinGroupResponse> join_group(Context& context, const protocol::JoinGroupRequest& request) {
  const std::string host = java_host(context);
  const coordinator::RequestContext asked = coordinator_context(context, host);
  auto response = co_await ask_about<protocol::JoinGroupResponse>(
      context, request.group_id,
      [&](GroupPartition& groups) { return groups.join(completed(asked, groups), request); },
      [&](ErrorCode error) {
        protocol::JoinGroupResponse refused;
        refused.error_code = error;
        refused.member_id = request.member_id;
        return refused;
      });
  if (response.protocol_name.value_or("").empty()) {
    response.protocol_name.reset();
    if (context.request.version < kNullableProtocolVersion) response.protocol_name = "";
  }
  co_return response;
}

Task<protocol::SyncGroupResponse> sync_group(Context& context, const protocol::SyncGroupRequest& request) {
  const std::string host = java_host(context);
  const coordinator::RequestContext asked = coordinator_context(context, host);
  const auto refuse = [](ErrorCode error) {
    protocol::SyncGroupResponse refused;
    refused.error_code = error;
    return refused;
  };
  // From version 5 on protocol type and name belong to the request (KIP-559).
  if (context.request.version >= 5 && (!request.protocol_type || !request.protocol_name)) {
    co_return refuse(ErrorCode::kInconsistentGroupProtocol);
  }
  co_return co_await ask_about<protocol::SyncGroupResponse>(
      context, request.group_id,
      [&](GroupPartition& groups) { return groups.sync(completed(asked, groups), request); }, refuse);
}

Task<protocol::HeartbeatResponse> heartbeat(Context& context, const protocol::HeartbeatRequest& request) {
  const std::string host = java_host(context);
  const coordinator::RequestContext asked = coordinator_context(context, host);
  const auto refuse = [](ErrorCode error) {
    protocol::HeartbeatResponse refused;
    // While groups are read from the log a member is as good as alive, as in Apache Kafka.
    refused.error_code = error == ErrorCode::kCoordinatorLoadInProgress ? ErrorCode::kNone : error;
    return refused;
  };
  co_return co_await ask_about<protocol::HeartbeatResponse>(
      context, request.group_id,
      [&](GroupPartition& groups) {
        return groups.answer<protocol::HeartbeatResponse>(
            [&](GroupCoordinator& coordinator) {
              return coordinator.heartbeat(completed(asked, groups), request);
            },
            refuse);
      },
      refuse);
}

Task<protocol::LeaveGroupResponse> leave_group(Context& context, const protocol::LeaveGroupRequest& request) {
  const std::string host = java_host(context);
  const coordinator::RequestContext asked = coordinator_context(context, host);
  const auto refuse = [](ErrorCode error) {
    protocol::LeaveGroupResponse refused;
    refused.error_code = error;
    return refused;
  };
  co_return co_await ask_about<protocol::LeaveGroupResponse>(
      context, request.group_id,
      [&](GroupPartition& groups) {
        return groups.answer<protocol::LeaveGroupResponse>(
            [&](GroupCoordinator& coordinator) {
              return coordinator.leave(completed(asked, groups), request);
            },
            refuse);
      },
      refuse);
}

}  // namespace moldau::api
