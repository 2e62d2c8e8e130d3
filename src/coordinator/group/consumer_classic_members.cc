#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "coordinator/group/embedded_protocol.h"
#include "coordinator/group/group_coordinator.h"
#include "coordinator/group/join_request.h"
#include "coordinator/group/replies.h"

/// Members of consumer groups that use the classic protocol: JoinGroup takes the part of a heartbeat that
/// says all, and its generation is the member's epoch (KIP-848).
namespace moldau::coordinator {
namespace {

constexpr std::string_view kConsumerProtocolType = "consumer";

/// The member, where it is one of the classic protocol; else why it is not.
std::expected<const ConsumerMember*, ErrorCode> classic_member(const ConsumerGroup& group,
                                                               std::string_view id,
                                                               std::optional<std::string_view> instance_id) {
  const ConsumerMember* member = instance_id ? group.static_member(instance_id) : group.find(id);
  if (member == nullptr) return std::unexpected(ErrorCode::kUnknownMemberId);
  if (member->id != id) return std::unexpected(ErrorCode::kFencedInstanceId);
  if (!member->is_classic()) return std::unexpected(ErrorCode::kUnknownMemberId);
  if (member->subscription.classic->protocols.empty()) return std::unexpected(ErrorCode::kUnknownServerError);
  return member;
}

/// Whether the member waits for partitions that others have.
bool waits_for_partitions(const ConsumerGroup& group, const ConsumerMember& member) {
  return std::ranges::any_of(group.target(member.id), [&](const TopicAssignment& topic) {
    const auto assigned = member.current.assigned.find(topic.topic_id);
    return std::ranges::any_of(topic.partitions, [&](std::int32_t partition) {
      const bool has = assigned != member.current.assigned.end() && assigned->second.contains(partition);
      return !has && group.partition_epoch(topic.topic_id, partition).has_value();
    });
  });
}

/// Whether the member has to join again: for a new target, to show that it gave partitions back, or to get
/// those it waited for.
bool has_to_join_again(const ConsumerGroup& group, const ConsumerMember& member) {
  const CurrentAssignment& current = member.current;
  return current.epoch < group.target_epoch() || current.state == MemberState::kUnrevokedPartitions ||
         (current.state == MemberState::kUnreleasedPartitions && !waits_for_partitions(group, member));
}

MemberSubscription updated(MemberSubscription subscription, const RequestContext& context,
                           const protocol::JoinGroupRequest& request, const EmbeddedSubscription& embedded) {
  if (request.group_instance_id) subscription.instance_id = *request.group_instance_id;
  if (embedded.rack_id) subscription.rack_id = embedded.rack_id;
  const std::int32_t rebalance_timeout_ms = rebalance_timeout_of(context.api_version, request);
  if (rebalance_timeout_ms != -1) subscription.rebalance_timeout_ms = rebalance_timeout_ms;
  subscription.topics = {embedded.topics.begin(), embedded.topics.end()};
  subscription.regex = "";
  subscription.client_id = context.client_id;
  subscription.client_host = context.client_host;
  subscription.classic = {.session_timeout_ms = request.session_timeout_ms,
                          .protocols = copy_protocols(request.protocols)};
  return subscription;
}

/// The assignment that a member is told; empty where its own data cannot be read.
std::string assignment_of(const ConsumerMember& member, const TopicsView& topics) {
  PartitionsByName partitions;
  for (const auto& [topic_id, of_topic] : member.current.assigned) {
    const auto name = topics.name_of(topic_id);
    if (!name) continue;
    auto& named = partitions[std::string(*name)];
    for (const auto& [partition, epoch] : of_topic)
      named.push_back(partition);
  }
  const std::string& metadata = member.subscription.classic->protocols.front().metadata;
  return encode_assignment(partitions, as_bytes(metadata)).value_or("");
}

}  // namespace

void GroupCoordinator::join_consumer_group(const RequestContext& context,
                                           const protocol::JoinGroupRequest& request,
                                           const ConsumerGroup& group, Waiting waiting, Effects& effects) {
  const bool is_new = request.member_id.empty();
  const std::string member_id = is_new ? context.random.to_string() : std::string(request.member_id);
  std::set<std::string_view> protocols;
  for (const auto& given : request.protocols)
    protocols.insert(given.name);
  const bool is_full =
      group.members().size() >= static_cast<std::size_t>(store_.config().consumer_max_size) &&
      group.find(member_id) == nullptr;
  const bool may_join = store_.config().migration.is_enabled() &&
                        (is_full || group.supports_classic(request.protocol_type, protocols));
  if (!may_join) {
    fail_join(effects, waiting, {}, ErrorCode::kInconsistentGroupProtocol);
  } else if (is_full) {
    fail_join(effects, waiting, {}, ErrorCode::kGroupMaxSizeReached);
  } else if (is_new && !request.group_instance_id && context.api_version >= kMemberIdRequiredVersion) {
    fail_join(effects, waiting, member_id, ErrorCode::kMemberIdRequired);
  } else if (const auto joined = join_as_member(context, request, group, member_id, waiting, effects);
             !joined) {
    fail_join(effects, waiting, {}, joined.error().code);
  }
}

Result<void> GroupCoordinator::join_as_member(const RequestContext& context,
                                              const protocol::JoinGroupRequest& request,
                                              const ConsumerGroup& group, std::string_view member_id,
                                              Waiting waiting, Effects& effects) {
  const auto embedded = parse_subscription(request.protocols.front().metadata.bytes);
  if (!embedded) return fail(ErrorCode::kUnknownServerError, "the embedded consumer protocol is malformed");
  const ConsumerUpdateContext update_with = update_context(context.at, request.group_id.value());
  ConsumerUpdate update(std::string(request.group_id.value()), group, update_with);
  const auto member = update.member({.member = member_id,
                                     .instance_id = request.group_instance_id,
                                     .may_join = !request.group_instance_id || request.member_id.empty(),
                                     .is_classic = true});
  if (!member) return fail(member.error());
  const MemberSubscription wanted = updated(member->subscription, context, request, *embedded);
  const ConsumerMember* replaced = group.static_member(request.group_instance_id);
  const bool is_downgrade = replaced != nullptr && !replaced->is_classic() &&
                            can_downgrade(group, std::array<std::string, 1>{replaced->id}, true);
  const bool has_new_names = update.subscribe(*member, wanted);
  const auto regexes = update.update_regexes(member->subscription, wanted);
  if (!regexes) return fail(regexes.error());
  const bool begins_epoch = has_new_names || *regexes != ConsumerUpdate::RegexUpdate::kNone;
  const bool looks_at_topics =
      begins_epoch || store_.is_metadata_stale(update.id(), update.group().epoch(), context.at.wall_ms);
  if (looks_at_topics && update.update_metadata(begins_epoch)) ++store_.counters().consumer_rebalances;
  const bool rebalances = update.group().target_epoch() < update.group().epoch();
  if (!is_downgrade) {
    if (auto targeted = update.update_target(); !targeted) return targeted;
  }
  if (!is_downgrade || !rebalances) {
    const OwnedPartitions owned = by_topic(to_assignment(embedded->owned, store_.topics()));
    const MemberReport report{.owned = &owned, .has_new_subscription = begins_epoch};
    if (auto stepped = update.reconcile_member(member_id, report); !stepped) return stepped;
  }
  if (looks_at_topics) store_.note_metadata(update.id(), update.group().epoch(), context.at.wall_ms);
  effects.append = MemberJoinAppend{.group = update.id(),
                                    .member = std::string(member_id),
                                    .epoch = update.group().find(member_id)->current.epoch,
                                    .protocol_name = wanted.classic->protocols.front().name,
                                    .session_timeout_ms = request.session_timeout_ms,
                                    .rebalance_timeout_ms = wanted.rebalance_timeout_ms,
                                    .is_downgrade = is_downgrade,
                                    .waiting = waiting};
  if (is_downgrade) {
    auto converted = downgrade(context.at, std::move(update), {}, rebalances, effects);
    if (!converted) effects.append.reset();
    return converted;
  }
  take(std::move(update), effects);
  return {};
}

void GroupCoordinator::finish(const Moment& at, const MemberJoinAppend& append, ErrorCode error,
                              Effects& effects) {
  if (error != ErrorCode::kNone) {
    fail_join(effects, append.waiting, {}, error);
    return;
  }
  cancel_timer(effects, TimerKind::kMemberJoin, append.group, append.member);
  if (!append.is_downgrade) {
    set_timer(effects, at, TimerKind::kMemberSession, append.group, append.member, append.session_timeout_ms);
    set_timer(effects, at, TimerKind::kMemberSync, append.group, append.member, append.rebalance_timeout_ms);
  }
  Reply<protocol::JoinGroupResponse> reply;
  reply.message.member_id = reply.keep(append.member);
  reply.message.generation_id = append.epoch;
  reply.message.protocol_type = kConsumerProtocolType;
  reply.message.protocol_name = reply.keep(append.protocol_name);
  effects.completions.push_back({append.waiting.token, std::move(reply)});
}

void GroupCoordinator::sync_consumer_group(const protocol::SyncGroupRequest& request,
                                           const RequestContext& context, const ConsumerGroup& group,
                                           Waiting waiting, Effects& effects) {
  const auto member = classic_member(group, request.member_id, request.group_instance_id);
  if (!member) {
    fail_sync(effects, waiting, member.error());
    return;
  }
  const CurrentAssignment& current = (*member)->current;
  const MemberSubscription& subscription = (*member)->subscription;
  const MemberProtocol& protocol = subscription.classic->protocols.front();
  if (request.generation_id != current.epoch) {
    fail_sync(effects, waiting, ErrorCode::kIllegalGeneration);
  } else if (request.protocol_type.value_or(kConsumerProtocolType) != kConsumerProtocolType ||
             request.protocol_name.value_or(protocol.name) != protocol.name) {
    fail_sync(effects, waiting, ErrorCode::kInconsistentGroupProtocol);
  } else if (group.target_epoch() > current.epoch && current.state != MemberState::kUnrevokedPartitions) {
    set_timer(effects, context.at, TimerKind::kMemberJoin, request.group_id.value(), request.member_id,
              subscription.rebalance_timeout_ms);
    effects.timers.back().keeps_earlier = true;
    fail_sync(effects, waiting, ErrorCode::kRebalanceInProgress);
  } else {
    MemberSyncAppend append{.group = std::string(request.group_id.value()),
                            .member = std::string(request.member_id),
                            .protocol_type = std::nullopt,
                            .protocol_name = std::nullopt,
                            .assignment = assignment_of(**member, store_.topics()),
                            .session_timeout_ms = subscription.classic->session_timeout_ms,
                            .waiting = waiting};
    if (request.protocol_type) append.protocol_type = *request.protocol_type;
    if (request.protocol_name) append.protocol_name = *request.protocol_name;
    effects.append = std::move(append);
  }
}

void GroupCoordinator::finish(const Moment& at, const MemberSyncAppend& append, ErrorCode error,
                              Effects& effects) {
  if (error != ErrorCode::kNone) {
    fail_sync(effects, append.waiting, error);
    return;
  }
  cancel_timer(effects, TimerKind::kMemberSync, append.group, append.member);
  set_timer(effects, at, TimerKind::kMemberSession, append.group, append.member, append.session_timeout_ms);
  Reply<protocol::SyncGroupResponse> reply;
  if (append.protocol_type) reply.message.protocol_type = reply.keep(*append.protocol_type);
  if (append.protocol_name) reply.message.protocol_name = reply.keep(*append.protocol_name);
  reply.message.assignment = as_bytes(reply.keep(append.assignment));
  effects.completions.push_back({append.waiting.token, std::move(reply)});
}

ErrorCode GroupCoordinator::heartbeat_classic_member(const RequestContext& context,
                                                     const protocol::HeartbeatRequest& request,
                                                     const ConsumerGroup& group, Effects& effects) const {
  const auto member = classic_member(group, request.member_id, request.group_instance_id);
  if (!member) return member.error();
  if (request.generation_id != (*member)->current.epoch) return ErrorCode::kIllegalGeneration;
  const MemberSubscription& subscription = (*member)->subscription;
  const std::string_view group_id = request.group_id.value();
  set_timer(effects, context.at, TimerKind::kMemberSession, group_id, request.member_id,
            subscription.classic->session_timeout_ms);
  if (!has_to_join_again(group, **member)) return ErrorCode::kNone;
  set_timer(effects, context.at, TimerKind::kMemberJoin, group_id, request.member_id,
            subscription.rebalance_timeout_ms);
  effects.timers.back().keeps_earlier = true;
  return ErrorCode::kRebalanceInProgress;
}

void GroupCoordinator::leave_classic_members(
    const RequestContext& context, std::string_view group_id,
    std::span<const protocol::LeaveGroupRequest::MemberIdentity> leaving,
    Answer<protocol::LeaveGroupResponse>& answer) {
  const ConsumerGroup group = *store_.consumer(group_id);
  std::vector<std::string> members;
  for (const auto& identity : leaving) {
    auto& response = answer.reply.message.members.emplace_back();
    response.member_id = identity.member_id;
    response.group_instance_id = identity.group_instance_id;
    const ConsumerMember* member = identity.group_instance_id
                                       ? group.static_member(identity.group_instance_id)
                                       : group.find(identity.member_id);
    // An operator removes a static member by its instance id alone.
    const bool is_by_instance = identity.group_instance_id && identity.member_id.empty();
    if (member == nullptr) {
      response.error_code = ErrorCode::kUnknownMemberId;
    } else if (!is_by_instance && member->id != identity.member_id) {
      response.error_code = ErrorCode::kFencedInstanceId;
    } else if (std::ranges::find(members, member->id) == members.end()) {
      members.push_back(member->id);
    }
  }
  const ConsumerUpdateContext update_with = update_context(context.at, group_id);
  ConsumerUpdate update(std::string(group_id), group, update_with);
  if (const auto fenced = fence(context.at, std::move(update), members, answer.effects); !fenced) {
    for (auto& response : answer.reply.message.members)
      response.error_code = fenced.error().code;
  }
}

}  // namespace moldau::coordinator
