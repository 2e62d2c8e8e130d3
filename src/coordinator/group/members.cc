#include <algorithm>
#include <string>
#include <utility>

#include "coordinator/group/group_coordinator.h"
#include "coordinator/group/replies.h"

namespace moldau::coordinator {
namespace {

using LeavingMember = protocol::LeaveGroupRequest::MemberIdentity;

/// Before this version a LeaveGroup names one member, and its answer one error.
constexpr std::int16_t kBatchLeaveVersion = 3;

/// The members of a LeaveGroup of any version.
std::vector<LeavingMember> leaving_members(const RequestContext& context,
                                           const protocol::LeaveGroupRequest& request) {
  if (context.api_version >= kBatchLeaveVersion) return request.members;
  LeavingMember single;
  single.member_id = request.member_id;
  return {single};
}

}  // namespace

Answer<protocol::HeartbeatResponse> GroupCoordinator::heartbeat(const RequestContext& context,
                                                                const protocol::HeartbeatRequest& request) {
  Answer<protocol::HeartbeatResponse> answer;
  ErrorCode& error = answer.reply.message.error_code;
  if (request.group_id.value().empty()) {
    error = ErrorCode::kInvalidGroupId;
    return answer;
  }
  if (const auto* consumer = store_.consumer(request.group_id.value())) {
    error = heartbeat_classic_member(context, request, *consumer, answer.effects);
    return answer;
  }
  ClassicGroup* group = store_.classic(request.group_id.value());
  error = group == nullptr ? ErrorCode::kUnknownMemberId
                           : group->check_member(request.member_id, request.group_instance_id);
  if (error != ErrorCode::kNone) return answer;
  if (request.generation_id != group->generation()) {
    error = ErrorCode::kIllegalGeneration;
    return answer;
  }
  restart_session(answer.effects, context.at, *group, *group->find(request.member_id));
  if (group->is_in(ClassicState::kPreparingRebalance)) error = ErrorCode::kRebalanceInProgress;
  return answer;
}

Answer<protocol::LeaveGroupResponse> GroupCoordinator::leave(const RequestContext& context,
                                                             const protocol::LeaveGroupRequest& request) {
  Answer<protocol::LeaveGroupResponse> answer;
  protocol::LeaveGroupResponse& message = answer.reply.message;
  if (request.group_id.value().empty()) {
    message.error_code = ErrorCode::kInvalidGroupId;
    return answer;
  }
  const std::vector<LeavingMember> leaving = leaving_members(context, request);
  if (store_.consumer(request.group_id.value()) != nullptr) {
    leave_classic_members(context, request.group_id.value(), leaving, answer);
  } else {
    leave_classic_group(context, store_.classic(request.group_id.value()), leaving, answer);
  }
  if (context.api_version < kBatchLeaveVersion) {
    message.error_code = message.members.front().error_code;
    message.members.clear();
  }
  return answer;
}

void GroupCoordinator::leave_classic_group(const RequestContext& context, ClassicGroup* group,
                                           std::span<const LeavingMember> leaving,
                                           Answer<protocol::LeaveGroupResponse>& answer) {
  bool anyone_left = false;
  for (const LeavingMember& identity : leaving) {
    protocol::LeaveGroupResponse::MemberResponse response;
    response.member_id = identity.member_id;
    response.group_instance_id = identity.group_instance_id;
    if (group == nullptr) {
      response.error_code = ErrorCode::kUnknownMemberId;
    } else {
      leave_one(*group, identity, response, answer.effects);
    }
    anyone_left = anyone_left || response.error_code == ErrorCode::kNone;
    answer.reply.message.members.push_back(std::move(response));
  }
  if (!anyone_left) return;
  if (group->is_in(ClassicState::kStable) || group->is_in(ClassicState::kCompletingRebalance)) {
    rebalance_or_complete_join(context.at, *group, answer.effects);
  } else {
    maybe_complete_join(context.at, *group, answer.effects);
  }
}

void GroupCoordinator::leave_one(ClassicGroup& group,
                                 const protocol::LeaveGroupRequest::MemberIdentity& identity,
                                 protocol::LeaveGroupResponse::MemberResponse& response, Effects& effects) {
  if (identity.member_id.empty()) {
    // An operator removes a static member by its instance id alone.
    const std::string* known =
        identity.group_instance_id ? group.static_member(*identity.group_instance_id) : nullptr;
    if (known == nullptr) {
      response.error_code = ErrorCode::kUnknownMemberId;
    } else {
      remove_leaving(group, std::string(*known), effects);
    }
    return;
  }
  if (group.is_pending(identity.member_id)) {
    group.remove(identity.member_id);
    cancel_timer(effects, TimerKind::kMemberSession, group.id(), identity.member_id);
    return;
  }
  response.error_code = group.check_member(identity.member_id, identity.group_instance_id);
  if (response.error_code == ErrorCode::kNone)
    remove_leaving(group, std::string(identity.member_id), effects);
}

void GroupCoordinator::remove_leaving(ClassicGroup& group, const std::string& member, Effects& effects) {
  cancel_timer(effects, TimerKind::kMemberSession, group.id(), member);
  fail_waiting_join(effects, *group.find(member), {}, ErrorCode::kUnknownMemberId);
  group.remove(member);
}

}  // namespace moldau::coordinator
