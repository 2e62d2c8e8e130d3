#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "coordinator/consumer/metadata_hash.h"
#include "coordinator/group/embedded_protocol.h"
#include "coordinator/group/group_coordinator.h"
#include "coordinator/group/replies.h"

/// Groups that change their protocol while they have members (KIP-848).
namespace moldau::coordinator {
namespace {

std::unexpected<Error> cannot_upgrade(const std::string& group, std::string_view reason) {
  return fail(ErrorCode::kGroupIdNotFound,
              "Cannot upgrade classic group " + group + " to consumer group because " + std::string(reason));
}

/// A member as a consumer group keeps it.
struct UpgradedMember {
  ConsumerMember member;
  MemberAssignment target;
};

Result<UpgradedMember> upgraded(const std::string& group, std::int32_t generation, std::string_view protocol,
                                const ClassicMember& classic, const TopicsView& topics) {
  UpgradedMember result{.member = {.id = classic.id}, .target = {}};
  if (!classic.assignment.empty()) {
    const auto assignment = parse_assignment(as_bytes(classic.assignment));
    if (!assignment) return cannot_upgrade(group, "the embedded consumer protocol is malformed.");
    if (assignment->has_user_data) {
      return cannot_upgrade(group,
                            "an unsupported custom assignor is in use. Please refer to the documentation or "
                            "switch to a default assignor before re-attempting the upgrade.");
    }
    result.target = to_assignment(assignment->partitions, topics);
  }
  const auto wanted = parse_subscription(as_bytes(classic.metadata(protocol)));
  if (!wanted) return cannot_upgrade(group, "the embedded consumer protocol is malformed.");
  MemberSubscription& subscription = result.member.subscription;
  subscription.instance_id = classic.instance_id;
  subscription.rack_id = wanted->rack_id;
  subscription.client_id = classic.client_id;
  subscription.client_host = classic.client_host;
  subscription.topics.insert(wanted->topics.begin(), wanted->topics.end());
  subscription.rebalance_timeout_ms = classic.rebalance_timeout_ms;
  subscription.classic = {.session_timeout_ms = classic.session_timeout_ms, .protocols = classic.protocols};
  CurrentAssignment& current = result.member.current;
  current.epoch = generation;
  current.previous_epoch = generation;
  for (const TopicAssignment& topic : result.target) {
    for (const std::int32_t partition : topic.partitions)
      current.assigned[topic.topic_id].emplace(partition, generation);
  }
  return result;
}

ClassicMember downgraded(const ConsumerMember& member) {
  const MemberSubscription& subscription = member.subscription;
  ClassicMember classic;
  classic.id = member.id;
  classic.instance_id = subscription.instance_id;
  classic.client_id = subscription.client_id;
  classic.client_host = subscription.client_host;
  classic.rebalance_timeout_ms = subscription.rebalance_timeout_ms;
  classic.session_timeout_ms = subscription.classic->session_timeout_ms;
  classic.protocols = subscription.classic->protocols;
  return classic;
}

bool have_common_protocol(const std::vector<ClassicMember>& members) {
  return std::ranges::any_of(members.front().protocols, [&](const MemberProtocol& protocol) {
    return std::ranges::all_of(members,
                               [&](const ClassicMember& member) { return member.supports(protocol.name); });
  });
}

PartitionsByName by_name(const MemberAssignment& target, const TopicsView& topics) {
  PartitionsByName partitions;
  for (const TopicAssignment& topic : target) {
    if (const auto name = topics.name_of(topic.topic_id))
      partitions.insert_or_assign(std::string(*name), topic.partitions);
  }
  return partitions;
}

}  // namespace

Result<ConsumerUpdate> GroupCoordinator::open_consumer_group(std::string_view group_id, bool creates,
                                                             const ConsumerUpdateContext& context) const {
  const std::string id(group_id);
  const GroupEntry* entry = store_.groups().find(id);
  if (entry == nullptr) {
    if (!creates) return fail(ErrorCode::kGroupIdNotFound, "Consumer group " + id + " not found.");
    return ConsumerUpdate(id, ConsumerGroup(), context);
  }
  if (entry->consumer) return ConsumerUpdate(id, *entry->consumer, context);
  if (creates && entry->classic) {
    if (!entry->classic->is_in(ClassicState::kEmpty)) return upgrade(*entry->classic, context);
    ConsumerUpdate update(id, ConsumerGroup(), context);
    update.records().push_back(group_tombstone(id));
    return update;
  }
  return fail(ErrorCode::kGroupIdNotFound, no_such_group(store_, group_id, GroupType::kConsumer));
}

Result<ConsumerUpdate> GroupCoordinator::upgrade(const ClassicGroup& group,
                                                 const ConsumerUpdateContext& context) const {
  if (!store_.config().migration.upgrade) return cannot_upgrade(group.id(), "online upgrade is disabled.");
  if (!group.uses_consumer_protocol()) {
    return cannot_upgrade(group.id(), "the group does not use the consumer embedded protocol.");
  }
  if (group.members().size() > static_cast<std::size_t>(store_.config().consumer_max_size)) {
    return cannot_upgrade(group.id(), "the group size exceeds the consumer group maximum size.");
  }
  if (group.members().empty()) {
    return cannot_upgrade(group.id(), "its members have not joined yet.");
  }
  // Before the end of its first rebalance a group has no protocol: Apache Kafka fails there.
  const std::string protocol = group.protocol_name() ? *group.protocol_name() : group.select_protocol();
  std::vector<UpgradedMember> members;
  for (const auto& [id, member] : group.members()) {
    auto converted = upgraded(group.id(), group.generation(), protocol, member, context.topics);
    if (!converted) return fail(std::move(converted).error());
    members.push_back(*std::move(converted));
  }
  ConsumerUpdate update(group.id(), ConsumerGroup(), context);
  update.records().push_back(group_tombstone(group.id()));
  for (const UpgradedMember& one : members)
    update.write(SubscriptionRecord{one.member.id, one.member.subscription});
  update.write(GroupEpochRecord{GroupEpochRecord::Value{
      .epoch = group.generation(),
      .metadata_hash = metadata_hash(context.topics, update.group().subscribed_topics())}});
  for (const UpgradedMember& one : members)
    update.write(TargetRecord{one.member.id, one.target});
  update.write(TargetEpochRecord{TargetEpochRecord::Value{.epoch = group.generation(), .timestamp_ms = 0}});
  for (const UpgradedMember& one : members) {
    update.write(CurrentRecord{one.member.id, one.member.current});
    update.restart_session(one.member.id, one.member.subscription.classic->session_timeout_ms);
  }
  update.begin_here();
  return update;
}

void GroupCoordinator::release_members(ClassicGroup& group, Effects& effects) {
  for (const auto& [id, unused] : group.members()) {
    ClassicMember& member = *group.find(id);
    fail_waiting_join(effects, member, id, ErrorCode::kRebalanceInProgress);
    if (member.sync) fail_sync(effects, *member.sync, ErrorCode::kRebalanceInProgress);
    member.sync.reset();
  }
  cancel_timer(effects, TimerKind::kJoinPhase, group.id());
  cancel_timer(effects, TimerKind::kSyncPhase, group.id());
}

bool GroupCoordinator::can_downgrade(const ConsumerGroup& group, std::span<const std::string> leaving,
                                     bool is_replaced) const {
  std::int32_t classic_leaving = 0;
  for (const std::string& id : leaving)
    classic_leaving += group.find(id)->is_classic() ? 1 : 0;
  const auto staying = static_cast<std::int32_t>(group.members().size() - leaving.size());
  const std::int64_t members = std::int64_t{staying} + (is_replaced ? 1 : 0);
  return store_.config().migration.downgrade && members > 0 && members <= store_.config().max_size &&
         group.classic_member_count() - classic_leaving == staying;
}

Result<void> GroupCoordinator::downgrade(const Moment& at, ConsumerUpdate update,
                                         std::span<const std::string> leaving, bool rebalance,
                                         Effects& effects) {
  const ConsumerGroup group = update.group();
  std::vector<ClassicMember> members;
  for (const auto& [id, member] : group.members()) {
    if (std::ranges::find(leaving, id) == leaving.end()) members.push_back(downgraded(*member));
  }
  if (!have_common_protocol(members)) {
    return fail(ErrorCode::kGroupIdNotFound, "Cannot downgrade the classic group " + update.id() +
                                                 ": its members have no protocol in common.");
  }
  auto classic_group =
      std::make_shared<ClassicGroup>(update.id(), update.first_epoch(), std::move(members), at.wall_ms);
  const std::string protocol = classic_group->protocol_name().value_or("");
  for (const auto& [id, unused] : classic_group->members()) {
    ClassicMember& member = *classic_group->find(id);
    auto assignment =
        encode_assignment(by_name(group.target(id), store_.topics()), as_bytes(member.metadata(protocol)));
    if (!assignment) {
      return fail(ErrorCode::kGroupIdNotFound, "Cannot downgrade the classic group " + update.id() +
                                                   ": the embedded consumer protocol is malformed.");
    }
    member.assignment = *std::move(assignment);
  }
  update.remove_group();
  std::ranges::move(update.records(), std::back_inserter(effects.records));
  std::ranges::move(update.timers(), std::back_inserter(effects.timers));
  effects.records.push_back(
      group_metadata_record(update.id(), classic_group->to_record(classic_group->assignments())));
  for (const auto& [id, unused] : group.members()) {
    for (const TimerKind kind : {TimerKind::kMemberSession, TimerKind::kRevocation, TimerKind::kMemberJoin,
                                 TimerKind::kMemberSync}) {
      cancel_timer(effects, kind, update.id(), id);
    }
  }
  store_.forget_metadata(update.id());
  ClassicGroup& downgraded_group = *classic_group;
  store_.groups().put(update.id(), {.type = GroupType::kClassic, .classic = std::move(classic_group)});
  for (const auto& [id, member] : downgraded_group.members())
    restart_session(effects, at, downgraded_group, member);
  if (rebalance) prepare_rebalance(at, downgraded_group, effects);
  return {};
}

}  // namespace moldau::coordinator
