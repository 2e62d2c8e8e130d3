#include <string>
#include <utility>

#include "coordinator/group/group_coordinator.h"
#include "coordinator/group/replies.h"

namespace moldau::coordinator {
namespace {

bool differs(std::optional<std::string_view> asked, const std::optional<std::string>& actual) {
  return asked && asked != actual;
}

ErrorCode check_sync(const ClassicGroup& group, const protocol::SyncGroupRequest& request) {
  if (const ErrorCode error = group.check_member(request.member_id, request.group_instance_id);
      error != ErrorCode::kNone) {
    return error;
  }
  if (request.generation_id != group.generation()) return ErrorCode::kIllegalGeneration;
  if (differs(request.protocol_type, group.protocol_type()) ||
      differs(request.protocol_name, group.protocol_name())) {
    return ErrorCode::kInconsistentGroupProtocol;
  }
  return ErrorCode::kNone;
}

}  // namespace

Effects GroupCoordinator::sync(const RequestContext& context, const protocol::SyncGroupRequest& request,
                               Token token) {
  Effects effects;
  const Waiting waiting{token, context.api_version};
  const auto* consumer = store_.consumer(request.group_id.value());
  if (consumer != nullptr && !consumer->is_empty()) {
    sync_consumer_group(request, context, *consumer, waiting, effects);
    return effects;
  }
  ClassicGroup* group = store_.classic(request.group_id.value());
  if (request.group_id.value().empty()) {
    fail_sync(effects, waiting, ErrorCode::kInvalidGroupId);
  } else if (group == nullptr || group->is_in(ClassicState::kEmpty)) {
    fail_sync(effects, waiting, ErrorCode::kUnknownMemberId);
  } else if (const ErrorCode error = check_sync(*group, request); error != ErrorCode::kNone) {
    fail_sync(effects, waiting, error);
  } else {
    sync_in_generation(request, *group, waiting, effects);
  }
  return effects;
}

void GroupCoordinator::sync_in_generation(const protocol::SyncGroupRequest& request, ClassicGroup& group,
                                          Waiting waiting, Effects& effects) {
  ClassicMember& member = *group.find(request.member_id);
  if (group.is_in(ClassicState::kPreparingRebalance)) {
    fail_sync(effects, waiting, ErrorCode::kRebalanceInProgress);
    return;
  }
  member_synced(group, member.id, effects);
  if (group.is_in(ClassicState::kStable)) {
    complete_sync_reply(effects, waiting, group, member);
    return;
  }
  // As with JoinGroup: a SyncGroup that a later one of the member replaces is set free.
  if (member.sync) fail_sync(effects, *member.sync, ErrorCode::kRebalanceInProgress);
  member.sync = waiting;
  if (!group.is_leader(member.id)) return;
  AssignmentAppend append{group.id(), group.generation(), {}};
  for (const auto& given : request.assignments) {
    append.assignments.insert_or_assign(std::string(given.member_id),
                                        std::string(as_text(given.assignment.bytes)));
  }
  for (const auto& [id, other] : group.members())
    append.assignments.try_emplace(id);
  effects.records.push_back(group_metadata_record(group.id(), group.to_record(append.assignments)));
  effects.append = std::move(append);
}

void GroupCoordinator::member_synced(ClassicGroup& group, std::string_view member, Effects& effects) {
  group.remove_pending_sync(member);
  if (group.pending_sync().empty()) cancel_timer(effects, TimerKind::kSyncPhase, group.id());
}

}  // namespace moldau::coordinator
