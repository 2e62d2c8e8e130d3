#include <utility>

#include "coordinator/append_error.h"
#include "coordinator/group/group_coordinator.h"
#include "coordinator/group/replies.h"

namespace moldau::coordinator {

ErrorCode GroupCoordinator::client_error(ErrorCode append_error) {
  return error_for_client(append_error);
}

Effects GroupCoordinator::append_committed(const Moment& at, const Append& append) {
  Effects effects;
  std::visit([&](const auto& kind) { finish(at, kind, ErrorCode::kNone, effects); }, append);
  return effects;
}

Effects GroupCoordinator::append_failed(const Moment& at, const Append& append, ErrorCode error) {
  Effects effects;
  std::visit([&](const auto& kind) { finish(at, kind, client_error(error), effects); }, append);
  return effects;
}

void GroupCoordinator::finish(const Moment&, const NewGroupAppend& append, ErrorCode error,
                              Effects& effects) {
  if (error == ErrorCode::kNone || !append.waiting) return;
  ClassicGroup* group = store_.classic(append.group);
  ClassicMember* member = group == nullptr ? nullptr : group->find(append.member);
  if (group == nullptr) {
    fail_join(effects, *append.waiting, {}, error);
  } else if (member != nullptr && member->join == append.waiting) {
    fail_waiting_join(effects, *member, {}, error);
  }
}

void GroupCoordinator::finish(const Moment& at, const AssignmentAppend& append, ErrorCode error,
                              Effects& effects) {
  ClassicGroup* group = store_.classic(append.group);
  // While the append was on its way another rebalance may have begun, which has answered the members.
  if (group == nullptr || !group->is_in(ClassicState::kCompletingRebalance) ||
      group->generation() != append.generation) {
    return;
  }
  for (const auto& [id, unused] : group->members()) {
    const auto given = append.assignments.find(id);
    const bool has = error == ErrorCode::kNone && given != append.assignments.end();
    group->find(id)->assignment = has ? given->second : std::string();
  }
  propagate(at, *group, error, effects);
  if (error == ErrorCode::kNone) {
    group->transition_to(ClassicState::kStable, at.wall_ms);
    ++store_.counters().completed_rebalances;
  } else {
    rebalance_or_complete_join(at, *group, effects);
  }
}

void GroupCoordinator::finish(const Moment& at, const StaticMemberAppend& append, ErrorCode error,
                              Effects& effects) {
  /// Versions that can tell a leader to keep its assignment (KIP-814).
  constexpr std::int16_t kSkipAssignmentVersion = 9;
  ClassicGroup* group = store_.classic(append.group);
  ClassicMember* member = group == nullptr ? nullptr : group->find(append.new_member);
  const bool waits = member != nullptr && member->join == append.waiting;
  if (error == ErrorCode::kNone) {
    if (!waits) return;
    member->join.reset();
    const bool can_skip = append.waiting.api_version >= kSkipAssignmentVersion;
    const bool is_leader = can_skip && group->is_leader(append.new_member);
    complete_join_reply(effects, append.waiting, *group, append.new_member, is_leader, is_leader);
    if (!can_skip) {
      // Older clients keep believing in the old leader, so that a returning leader does not assign anew.
      auto& reply = std::get<Reply<protocol::JoinGroupResponse>>(effects.completions.back().reply);
      reply.message.leader = reply.keep(append.old_leader.value_or(""));
    }
    return;
  }
  if (!waits) return;
  member->join.reset();
  member->protocols = append.old_protocols;
  member->rebalance_timeout_ms = append.old_rebalance_timeout_ms;
  member->session_timeout_ms = append.old_session_timeout_ms;
  restart_session(effects, at, *group, group->replace_static(append.instance_id, append.old_member));
  fail_join(effects, append.waiting, {}, error);
  auto& reply = std::get<Reply<protocol::JoinGroupResponse>>(effects.completions.back().reply);
  reply.message.generation_id = group->generation();
  reply.message.leader = reply.keep(append.old_leader.value_or(""));
  if (group->protocol_name()) reply.message.protocol_name = reply.keep(*group->protocol_name());
  if (group->protocol_type()) reply.message.protocol_type = reply.keep(*group->protocol_type());
}

}  // namespace moldau::coordinator
