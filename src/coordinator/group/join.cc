#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "coordinator/group/group_coordinator.h"
#include "coordinator/group/join_request.h"
#include "coordinator/group/replies.h"

namespace moldau::coordinator {
namespace {

/// Records hold texts of at most this size.
constexpr std::size_t kMaxTextBytes = std::numeric_limits<std::int16_t>::max();

/// The form of Java's UUID.toString().
std::string uuid_text(const Uuid& id) {
  const std::string hex = id.to_hex();
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
         hex.substr(20);
}

std::string new_member_id(const RequestContext& context, const protocol::JoinGroupRequest& request) {
  std::string id(request.group_instance_id.value_or(context.client_id));
  return id.append("-").append(uuid_text(context.random));
}

}  // namespace

Effects GroupCoordinator::join(const RequestContext& context, const protocol::JoinGroupRequest& request,
                               Token token) {
  Effects effects;
  const Waiting waiting{token, context.api_version};
  const std::string_view group_id = request.group_id.value();
  const auto refuse = [&](std::string_view member, ErrorCode error) {
    fail_join(effects, waiting, member, error);
    return std::move(effects);
  };
  if (group_id.empty()) return refuse(request.member_id, ErrorCode::kInvalidGroupId);
  if (request.session_timeout_ms < store_.config().min_session_timeout_ms ||
      request.session_timeout_ms > store_.config().max_session_timeout_ms) {
    return refuse(request.member_id, ErrorCode::kInvalidSessionTimeout);
  }
  const ConsumerGroup* consumer = store_.consumer(group_id);
  if (consumer != nullptr && !consumer->is_empty()) {
    join_consumer_group(context, request, ConsumerGroup(*consumer), waiting, effects);
    return effects;
  }
  const StreamsGroup* streams = store_.streams(group_id);
  if (consumer != nullptr || (streams != nullptr && streams->is_empty())) {
    if (!request.member_id.empty()) return refuse(request.member_id, ErrorCode::kUnknownMemberId);
    remove_group(context.at, group_id, effects);
  }
  const std::size_t tombstones = effects.records.size();
  ClassicGroup* group = store_.classic(group_id);
  const bool is_new_group = !store_.exists(group_id);
  if (group == nullptr && !is_new_group) return refuse({}, ErrorCode::kInconsistentGroupProtocol);
  if (is_new_group) {
    if (!request.member_id.empty()) return refuse(request.member_id, ErrorCode::kUnknownMemberId);
    group = &create_classic(group_id, context.at.wall_ms);
  }
  if (!accepts(*group, request.member_id)) {
    group->remove(request.member_id);
    fail_join(effects, waiting, {}, ErrorCode::kGroupMaxSizeReached);
  } else if (request.member_id.empty()) {
    join_new(context, request, *group, waiting, effects);
  } else {
    join_existing(context, request, *group, waiting, effects);
  }
  if (is_new_group && effects.records.size() == tombstones) {
    protocol::GroupMetadataValue empty;
    empty.protocol.reset();
    empty.leader.reset();
    empty.current_state_timestamp = group->state_timestamp().value_or(-1);
    effects.records.push_back(group_metadata_record(group_id, empty));
    NewGroupAppend append{std::string(group_id), {}, std::nullopt};
    for (const auto& [id, member] : group->members()) {
      append.member = id;
      append.waiting = member.join;
    }
    effects.append = std::move(append);
  }
  return effects;
}

bool GroupCoordinator::accepts(const ClassicGroup& group, std::string_view member) const {
  const auto max_size = static_cast<std::size_t>(store_.config().max_size);
  const ClassicMember* known = group.find(member);
  switch (group.state()) {
    case ClassicState::kEmpty:
    case ClassicState::kDead:
      return true;
    case ClassicState::kPreparingRebalance:
      return (known != nullptr && known->join) || group.awaiting_join_count() < max_size;
    case ClassicState::kCompletingRebalance:
    case ClassicState::kStable:
      return known != nullptr || group.members().size() < max_size;
  }
  return false;
}

void GroupCoordinator::join_new(const RequestContext& context, const protocol::JoinGroupRequest& request,
                                ClassicGroup& group, Waiting waiting, Effects& effects) {
  if (!group.supports(request.protocol_type, request.protocols)) {
    fail_join(effects, waiting, {}, ErrorCode::kInconsistentGroupProtocol);
    return;
  }
  std::string member_id = new_member_id(context, request);
  if (member_id.size() > kMaxTextBytes) {
    fail_join(effects, waiting, {}, ErrorCode::kUnknownServerError);
    return;
  }
  if (request.group_instance_id) {
    if (group.static_member(*request.group_instance_id) != nullptr) {
      replace_static_member(context, request, group, member_id, waiting, effects);
    } else {
      add_member(context, request, group, std::move(member_id), waiting, effects);
    }
    return;
  }
  if (context.api_version < kMemberIdRequiredVersion) {
    add_member(context, request, group, std::move(member_id), waiting, effects);
    return;
  }
  set_timer(effects, context.at, TimerKind::kMemberSession, group.id(), member_id,
            request.session_timeout_ms);
  fail_join(effects, waiting, member_id, ErrorCode::kMemberIdRequired);
  group.add_pending(std::move(member_id));
}

void GroupCoordinator::join_existing(const RequestContext& context, const protocol::JoinGroupRequest& request,
                                     ClassicGroup& group, Waiting waiting, Effects& effects) {
  if (!group.supports(request.protocol_type, request.protocols)) {
    fail_join(effects, waiting, request.member_id, ErrorCode::kInconsistentGroupProtocol);
    return;
  }
  if (group.is_pending(request.member_id)) {
    if (request.group_instance_id) {
      fail_join(effects, waiting, {}, ErrorCode::kUnknownServerError);
      return;
    }
    add_member(context, request, group, std::string(request.member_id), waiting, effects);
    return;
  }
  if (const ErrorCode error = group.check_member(request.member_id, request.group_instance_id);
      error != ErrorCode::kNone) {
    fail_join(effects, waiting, request.member_id, error);
    return;
  }
  join_member_in_state(context, request, group, *group.find(request.member_id), waiting, effects);
}

void GroupCoordinator::join_member_in_state(const RequestContext& context,
                                            const protocol::JoinGroupRequest& request, ClassicGroup& group,
                                            ClassicMember& member, Waiting waiting, Effects& effects) {
  const bool is_unchanged = member.protocols == copy_protocols(request.protocols);
  const bool is_leader = group.is_leader(member.id);
  switch (group.state()) {
    case ClassicState::kPreparingRebalance:
      update_member(context, request, group, member, waiting, effects);
      return;
    case ClassicState::kCompletingRebalance:
      // The first answer may have been lost: the same data gets it again.
      if (is_unchanged) {
        complete_join_reply(effects, waiting, group, member.id, is_leader, false);
      } else {
        update_member(context, request, group, member, waiting, effects);
      }
      return;
    case ClassicState::kStable:
      // A leader that joins again wants a rebalance, e.g. for new partitions.
      if (is_leader || !is_unchanged) {
        update_member(context, request, group, member, waiting, effects);
      } else {
        complete_join_reply(effects, waiting, group, member.id, false, false);
      }
      return;
    case ClassicState::kEmpty:
    case ClassicState::kDead:
      fail_join(effects, waiting, member.id, ErrorCode::kUnknownMemberId);
      return;
  }
}

void GroupCoordinator::add_member(const RequestContext& context, const protocol::JoinGroupRequest& request,
                                  ClassicGroup& group, std::string member_id, Waiting waiting,
                                  Effects& effects) {
  ClassicMember member;
  member.id = std::move(member_id);
  if (request.group_instance_id) member.instance_id = std::string(*request.group_instance_id);
  member.client_id = context.client_id;
  member.client_host = context.client_host;
  member.rebalance_timeout_ms = rebalance_timeout_of(context.api_version, request);
  member.session_timeout_ms = request.session_timeout_ms;
  member.protocols = copy_protocols(request.protocols);
  member.join = waiting;
  member.is_new = true;
  if (group.is_in(ClassicState::kPreparingRebalance) && group.previous_state() == ClassicState::kEmpty) {
    group.new_member_added = true;
  }
  // A new member owes no heartbeat yet; this bounds how long a client that went away stays in the rebalance.
  set_timer(effects, context.at, TimerKind::kMemberSession, group.id(), member.id,
            store_.config().new_member_join_timeout_ms);
  group.add(std::move(member), request.protocol_type);
  rebalance_or_complete_join(context.at, group, effects);
}

void GroupCoordinator::update_member(const RequestContext& context, const protocol::JoinGroupRequest& request,
                                     ClassicGroup& group, ClassicMember& member, Waiting waiting,
                                     Effects& effects) {
  // Apache Kafka never answers a JoinGroup that a later one of the member replaces; here it is set free.
  fail_waiting_join(effects, member, member.id, ErrorCode::kRebalanceInProgress);
  member.protocols = copy_protocols(request.protocols);
  member.rebalance_timeout_ms = rebalance_timeout_of(context.api_version, request);
  member.session_timeout_ms = request.session_timeout_ms;
  member.join = waiting;
  rebalance_or_complete_join(context.at, group, effects);
}

void GroupCoordinator::replace_static_member(const RequestContext& context,
                                             const protocol::JoinGroupRequest& request, ClassicGroup& group,
                                             const std::string& new_member, Waiting waiting,
                                             Effects& effects) {
  const std::string instance_id(*request.group_instance_id);
  const std::string old_member = *group.static_member(instance_id);
  const std::optional<std::string> old_leader = group.leader();
  const ClassicMember& old = *group.find(old_member);
  if (old.join) {
    fail_join(effects, *old.join, old_member, ErrorCode::kFencedInstanceId);
  }
  if (old.sync) fail_sync(effects, *old.sync, ErrorCode::kFencedInstanceId);
  ClassicMember& member = group.replace_static(instance_id, new_member);
  restart_session(effects, context.at, group, member);
  StaticMemberAppend append{group.id(),
                            instance_id,
                            old_member,
                            member.id,
                            member.protocols,
                            member.rebalance_timeout_ms,
                            member.session_timeout_ms,
                            old_leader,
                            waiting};
  member.protocols = copy_protocols(request.protocols);
  member.rebalance_timeout_ms = rebalance_timeout_of(context.api_version, request);
  member.session_timeout_ms = request.session_timeout_ms;
  member.join = waiting;
  if (group.is_in(ClassicState::kStable)) {
    if (group.protocol_name() == group.select_protocol()) {
      const auto assignments = group.assignments();
      effects.records.push_back(group_metadata_record(group.id(), group.to_record(assignments)));
      effects.append = std::move(append);
    } else {
      rebalance_or_complete_join(context.at, group, effects);
    }
  } else if (group.is_in(ClassicState::kCompletingRebalance)) {
    // The leader may already assign to the old id, which is gone.
    prepare_rebalance(context.at, group, effects);
  } else {
    maybe_complete_join(context.at, group, effects);
  }
}

}  // namespace moldau::coordinator
