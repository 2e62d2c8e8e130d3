#include <algorithm>
#include <string>
#include <vector>

#include "coordinator/group/group_coordinator.h"
#include "coordinator/group/replies.h"

namespace moldau::coordinator {

void GroupCoordinator::rebalance_or_complete_join(const Moment& at, ClassicGroup& group, Effects& effects) {
  if (group.can_rebalance()) {
    prepare_rebalance(at, group, effects);
  } else {
    maybe_complete_join(at, group, effects);
  }
}

void GroupCoordinator::prepare_rebalance(const Moment& at, ClassicGroup& group, Effects& effects) {
  if (group.is_in(ClassicState::kCompletingRebalance)) {
    for (const auto& [id, unused] : group.members())
      group.find(id)->assignment.clear();
    propagate(at, group, ErrorCode::kRebalanceInProgress, effects);
  }
  group.clear_pending_sync();
  cancel_timer(effects, TimerKind::kSyncPhase, group.id());
  const bool is_initial = group.is_in(ClassicState::kEmpty);
  if (is_initial) {
    group.initial_delay_ms = store_.config().initial_rebalance_delay_ms;
    group.initial_remaining_ms = std::max(group.rebalance_timeout_ms() - group.initial_delay_ms, 0);
    set_timer(effects, at, TimerKind::kJoinPhase, group.id(), {}, group.initial_delay_ms);
  }
  group.transition_to(ClassicState::kPreparingRebalance, at.wall_ms);
  if (is_initial) return;
  if (group.all_members_joined()) {
    complete_join(at, group, effects);
  } else {
    set_timer(effects, at, TimerKind::kJoinPhase, group.id(), {}, group.rebalance_timeout_ms());
  }
}

void GroupCoordinator::maybe_complete_join(const Moment& at, ClassicGroup& group, Effects& effects) {
  if (!group.is_in(ClassicState::kPreparingRebalance)) return;
  if (group.previous_state() == ClassicState::kEmpty) return;
  if (group.all_members_joined()) complete_join(at, group, effects);
}

void GroupCoordinator::initial_delay_passed(const Moment& at, ClassicGroup& group, Effects& effects) {
  if (!group.new_member_added || group.initial_remaining_ms == 0) {
    complete_join(at, group, effects);
    return;
  }
  group.new_member_added = false;
  const std::int32_t delay_ms =
      std::min(store_.config().initial_rebalance_delay_ms, group.initial_remaining_ms);
  group.initial_remaining_ms = std::max(group.initial_remaining_ms - group.initial_delay_ms, 0);
  group.initial_delay_ms = delay_ms;
  set_timer(effects, at, TimerKind::kJoinPhase, group.id(), {}, delay_ms);
}

void GroupCoordinator::complete_join(const Moment& at, ClassicGroup& group, Effects& effects) {
  cancel_timer(effects, TimerKind::kJoinPhase, group.id());
  group.initial_remaining_ms = 0;
  std::vector<std::string> gone;
  for (const auto& [id, member] : group.members()) {
    if (!member.join && !member.instance_id) gone.push_back(id);
  }
  for (const std::string& id : gone) {
    group.remove(id);
    cancel_timer(effects, TimerKind::kMemberSession, group.id(), id);
  }
  if (!group.elect_joined_leader() && !group.members().empty()) {
    // Only static members that have not come back: they have until their session ends.
    set_timer(effects, at, TimerKind::kJoinPhase, group.id(), {}, group.rebalance_timeout_ms());
    return;
  }
  group.begin_generation(at.wall_ms);
  if (group.is_in(ClassicState::kEmpty)) {
    effects.records.push_back(group_metadata_record(group.id(), group.to_record({})));
    return;
  }
  for (const auto& [id, unused] : group.members()) {
    ClassicMember& member = *group.find(id);
    if (member.join) {
      complete_join_reply(effects, *member.join, group, id, group.is_leader(id), false);
      member.join.reset();
    }
    restart_session(effects, at, group, member);
    member.is_new = false;
    group.add_pending_sync(id);
  }
  group.sync_timer_generation = group.generation();
  set_timer(effects, at, TimerKind::kSyncPhase, group.id(), {}, group.rebalance_timeout_ms());
}

void GroupCoordinator::propagate(const Moment& at, ClassicGroup& group, ErrorCode error, Effects& effects) {
  for (const auto& [id, unused] : group.members()) {
    ClassicMember& member = *group.find(id);
    if (!member.sync) continue;
    if (error == ErrorCode::kNone) {
      complete_sync_reply(effects, *member.sync, group, member);
    } else {
      fail_sync(effects, *member.sync, error);
    }
    member.sync.reset();
    restart_session(effects, at, group, member);
  }
}

void GroupCoordinator::sync_phase_passed(const Moment& at, ClassicGroup& group, Effects& effects) {
  if (group.sync_timer_generation != group.generation()) return;
  if (!group.is_in(ClassicState::kCompletingRebalance) && !group.is_in(ClassicState::kStable)) return;
  if (group.pending_sync().empty()) return;
  const std::vector<std::string> gone(group.pending_sync().begin(), group.pending_sync().end());
  for (const std::string& id : gone) {
    group.remove(id);
    cancel_timer(effects, TimerKind::kMemberSession, group.id(), id);
  }
  prepare_rebalance(at, group, effects);
}

void GroupCoordinator::session_passed(const Moment& at, ClassicGroup& group, const std::string& member_id,
                                      Effects& effects) {
  const auto complete_if_all_joined = [&] {
    if (group.is_in(ClassicState::kPreparingRebalance) && group.all_members_joined()) {
      complete_join(at, group, effects);
    }
  };
  if (group.is_pending(member_id)) {
    group.remove(member_id);
    complete_if_all_joined();
    return;
  }
  ClassicMember* member = group.find(member_id);
  if (member == nullptr || member->has_satisfied_heartbeat()) return;
  fail_waiting_join(effects, *member, {}, ErrorCode::kUnknownMemberId);
  group.remove(member_id);
  if (group.is_in(ClassicState::kStable) || group.is_in(ClassicState::kCompletingRebalance)) {
    rebalance_or_complete_join(at, group, effects);
  } else {
    complete_if_all_joined();
  }
}

Effects GroupCoordinator::timer_passed(const Moment& at, const TimerKey& key) {
  Effects effects;
  if (key.kind == TimerKind::kExpiry) {
    sweep(at, effects);
    return effects;
  }
  if (key.kind == TimerKind::kRegexes) {
    search_regexes(at, key.group, effects);
    return effects;
  }
  if (store_.consumer(key.group) != nullptr) {
    fence_on_timeout(at, key, effects);
    return effects;
  }
  if (store_.share(key.group) != nullptr) {
    share_groups().timer_passed(at, key, effects);
    return effects;
  }
  if (store_.streams(key.group) != nullptr) {
    streams_groups().timer_passed(at, key, effects);
    return effects;
  }
  ClassicGroup* group = store_.classic(key.group);
  if (group == nullptr) return effects;
  if (key.kind == TimerKind::kMemberSession) {
    session_passed(at, *group, key.member, effects);
  } else if (key.kind == TimerKind::kSyncPhase) {
    sync_phase_passed(at, *group, effects);
  } else if (key.kind == TimerKind::kJoinPhase && group->is_in(ClassicState::kPreparingRebalance)) {
    if (group->previous_state() == ClassicState::kEmpty) {
      initial_delay_passed(at, *group, effects);
    } else {
      complete_join(at, *group, effects);
    }
  }
  return effects;
}

}  // namespace moldau::coordinator
