#include "coordinator/group/share_groups.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/ascii.h"
#include "coordinator/group/replies.h"

namespace moldau::coordinator {
namespace {

using Request = protocol::ShareGroupHeartbeatRequest;
using Response = protocol::ShareGroupHeartbeatResponse;
using Described = protocol::ShareGroupDescribeResponse::DescribedGroup;

/// The one assignor that there is: group.share.assignors.
constexpr std::string_view kAssignor = "simple";

std::unexpected<Error> invalid(std::string message) {
  return fail(ErrorCode::kInvalidRequest, std::move(message));
}

/// What the member wants, where the request leaves out what has not changed.
ShareSubscription updated(ShareSubscription subscription, const RequestContext& context,
                          const Request& request) {
  if (request.rack_id) subscription.rack_id = *request.rack_id;
  if (request.subscribed_topic_names) {
    subscription.topics.clear();
    for (const TopicName& name : *request.subscribed_topic_names)
      subscription.topics.emplace(name.value());
  }
  subscription.client_id = context.client_id;
  subscription.client_host = context.client_host;
  return subscription;
}

Response::Assignment to_assignment(const PartitionSets& assigned) {
  Response::Assignment assignment;
  for (const auto& [topic_id, partitions] : assigned) {
    auto& topic = assignment.topic_partitions.emplace_back();
    topic.topic_id = topic_id;
    topic.partitions.assign(partitions.begin(), partitions.end());
  }
  return assignment;
}

protocol::ShareGroupDescribeResponse::Member describe(const ShareMember& member, const TopicsView& topics,
                                                      Reply<Described>& reply) {
  const ShareSubscription& subscription = member.subscription;
  protocol::ShareGroupDescribeResponse::Member described;
  described.member_id = reply.keep(member.id);
  if (subscription.rack_id) described.rack_id = reply.keep(*subscription.rack_id);
  described.member_epoch = member.current.epoch;
  described.client_id = reply.keep(subscription.client_id);
  described.client_host = reply.keep(subscription.client_host);
  for (const std::string& topic : subscription.topics)
    described.subscribed_topic_names.emplace_back(reply.keep(topic));
  for (const auto& [topic_id, partitions] : member.current.assigned) {
    const auto name = topics.name_of(topic_id);
    if (!name) continue;
    auto& topic = described.assignment.topic_partitions.emplace_back();
    topic.topic_id = topic_id;
    topic.topic_name = TopicName(reply.keep(std::string(*name)));
    topic.partitions.assign(partitions.begin(), partitions.end());
  }
  return described;
}

}  // namespace

Result<void> check_share_heartbeat(const Request& request) {
  if (is_blank(request.member_id)) return invalid("MemberId can't be empty.");
  if (is_blank(request.group_id.value())) return invalid("GroupId can't be empty.");
  if (request.rack_id && is_blank(*request.rack_id)) return invalid("RackId can't be empty.");
  if (request.member_epoch == kJoinEpoch) {
    if (!request.subscribed_topic_names || request.subscribed_topic_names->empty()) {
      return invalid("SubscribedTopicNames must be set in first request.");
    }
  } else if (request.member_epoch < kLeaveEpoch) {
    return invalid("MemberEpoch is invalid.");
  }
  return {};
}

Reply<Described> describe_share_group(const GroupStore& store, std::string_view group_id) {
  const ShareGroup* group = store.share(group_id, store.committed());
  if (group == nullptr) return describe_none<Described>(store, group_id, GroupType::kShare);
  Reply<Described> reply;
  reply.message.group_id = GroupId(group_id);
  reply.message.group_state = group->state_name();
  reply.message.group_epoch = group->epoch();
  reply.message.assignment_epoch = group->target_epoch();
  reply.message.assignor_name = kAssignor;
  visit_as_described(group->members(), [&](std::string_view, const ShareMember& member) {
    reply.message.members.push_back(describe(member, store.topics(), reply));
  });
  return reply;
}

PartitionSets initialized_share_partitions(const GroupStore& store, std::string_view group_id) {
  PartitionSets partitions;
  const ShareGroup* group = store.share(group_id, store.committed());
  if (group == nullptr || group->states() == nullptr) return partitions;
  for (const auto& [topic_id, topic] : group->states()->initialized)
    partitions.emplace(topic_id, topic.partitions);
  return partitions;
}

ShareUpdateContext ShareGroups::context(const Moment& at, std::string_view group) const {
  return {.at = at, .topics = store_.topics(), .settings = store_.config().share_settings_of(group)};
}

Result<ShareGroupUpdate> ShareGroups::open(std::string_view group_id, bool creates,
                                           const ShareUpdateContext& context) const {
  const std::string id(group_id);
  if (const ShareGroup* group = store_.share(group_id)) return ShareGroupUpdate(id, *group, context);
  const bool is_free = !store_.exists(group_id);
  if (is_free && creates) return ShareGroupUpdate(id, ShareGroup(), context);
  return fail(ErrorCode::kGroupIdNotFound, is_free ? "Share group " + id + " not found."
                                                   : no_such_group(store_, group_id, GroupType::kShare));
}

void ShareGroups::take(ShareGroupUpdate update, Effects& effects) {
  std::ranges::move(update.timers(), std::back_inserter(effects.timers));
  if (update.records().empty()) return;
  std::ranges::move(update.records(), std::back_inserter(effects.records));
  store_.groups().put(
      update.id(), {.type = GroupType::kShare, .share = std::make_shared<const ShareGroup>(update.group())});
}

Answer<ShareHeartbeat> ShareGroups::heartbeat(const RequestContext& context, const Request& request) {
  Answer<ShareHeartbeat> answer;
  auto reply = request.member_epoch == kLeaveEpoch ? leave(context.at, request, answer.effects)
                                                   : heartbeat_of_member(context, request, answer.effects);
  if (reply) {
    answer.reply = *std::move(reply);
    return answer;
  }
  answer.reply.message.response.error_code = reply.error().code;
  answer.reply.message.response.error_message = answer.reply.keep(std::move(reply).error().message);
  return answer;
}

Result<Reply<ShareHeartbeat>> ShareGroups::heartbeat_of_member(const RequestContext& context,
                                                               const Request& request, Effects& effects) {
  const ShareUpdateContext update_with = this->context(context.at, request.group_id.value());
  const bool joins = request.member_epoch == kJoinEpoch;
  auto opened = open(request.group_id.value(), joins, update_with);
  if (!opened) return fail(std::move(opened).error());
  ShareGroupUpdate& update = *opened;
  const std::int32_t max_size = store_.config().share_max_size;
  const bool is_full = std::cmp_greater_equal(update.group().members().size(), max_size);
  if (is_full && update.group().find(request.member_id) == nullptr) {
    return fail(ErrorCode::kGroupMaxSizeReached, "The share group has reached its maximum capacity of " +
                                                     std::to_string(max_size) + " members.");
  }
  const auto member = update.member(request.member_id, request.member_epoch, joins);
  if (!member) return fail(member.error());
  bool begins_epoch = update.subscribe(*member, updated(member->subscription, context, request));
  begins_epoch = update.has_new_states() || begins_epoch;
  const bool looks_at_topics =
      begins_epoch || store_.is_metadata_stale(update.id(), update.group().epoch(), context.at.wall_ms);
  const bool has_begun = looks_at_topics && update.update_metadata(begins_epoch);
  if (has_begun) ++store_.counters().share_rebalances;
  if (looks_at_topics) store_.note_metadata(update.id(), update.group().epoch(), context.at.wall_ms);
  if (auto targeted = update.update_target(); !targeted) return fail(std::move(targeted).error());
  update.reconcile_member(member->id, has_begun);
  set_timer(effects, context.at, TimerKind::kMemberSession, update.id(), member->id,
            update_with.settings.session_timeout_ms);
  const ShareAssignment& current = update.group().find(member->id)->current;
  Reply<ShareHeartbeat> reply;
  Response& response = reply.message.response;
  response.member_id = request.member_id;
  response.member_epoch = current.epoch;
  response.heartbeat_interval_ms = update_with.settings.heartbeat_interval_ms;
  if (joins || request.subscribed_topic_names || current.assigned != member->current.assigned)
    response.assignment = to_assignment(current.assigned);
  reply.message.initialize = update.initialize_states();
  take(std::move(update), effects);
  return reply;
}

Result<Reply<ShareHeartbeat>> ShareGroups::leave(const Moment& at, const Request& request, Effects& effects) {
  const std::string_view group_id = request.group_id.value();
  if (store_.share(group_id) == nullptr) {
    return fail(ErrorCode::kGroupIdNotFound, no_such_group(store_, group_id, GroupType::kShare));
  }
  const ShareUpdateContext update_with = context(at, group_id);
  ShareGroupUpdate update(std::string(group_id), *store_.share(group_id), update_with);
  const auto member = update.member(request.member_id, kJoinEpoch, false);
  if (!member) return fail(member.error());
  update.fence(member->id);
  take(std::move(update), effects);
  Reply<ShareHeartbeat> reply;
  reply.message.response.member_id = request.member_id;
  reply.message.response.member_epoch = request.member_epoch;
  return reply;
}

void ShareGroups::replay(const ShareGroupRecord& record, TimestampMs wall_ms) {
  const ShareGroup* known = store_.share(record.group);
  const bool is_end = is_tombstone(record.change);
  if (known == nullptr && is_end) return;
  if (is_end && std::holds_alternative<GroupEpochRecord>(record.change)) {
    store_.groups().erase(record.group);
    return;
  }
  auto group = known == nullptr ? std::make_shared<ShareGroup>() : std::make_shared<ShareGroup>(*known);
  group->apply(record.change, wall_ms);
  store_.groups().put(record.group, {.type = GroupType::kShare, .share = std::move(group)});
}

void ShareGroups::load(const Moment& at, const std::string& id, const ShareGroup& group,
                       Effects& effects) const {
  const std::int32_t session_timeout_ms = store_.config().share_settings_of(id).session_timeout_ms;
  for (const auto& [member_id, member] : group.members())
    set_timer(effects, at, TimerKind::kMemberSession, id, member_id, session_timeout_ms);
}

void ShareGroups::timer_passed(const Moment& at, const TimerKey& key, Effects& effects) {
  const ShareGroup* group = store_.share(key.group);
  if (key.kind != TimerKind::kMemberSession || group == nullptr || group->find(key.member) == nullptr) return;
  const ShareUpdateContext update_with = context(at, key.group);
  ShareGroupUpdate update(key.group, *group, update_with);
  update.fence(key.member);
  take(std::move(update), effects);
}

void ShareGroups::topics_deleted(const Moment& at, const std::set<Uuid>& topics, Effects& effects) {
  std::vector<std::pair<std::string, std::shared_ptr<const ShareGroup>>> groups;
  store_.groups().visit_all(kLatest, [&](const std::string& id, const GroupEntry& entry) {
    if (entry.share && entry.share->states() != nullptr) groups.emplace_back(id, entry.share);
  });
  for (const auto& [id, group] : groups) {
    const ShareUpdateContext update_with = context(at, id);
    ShareGroupUpdate update(id, *group, update_with);
    update.topics_deleted(topics);
    take(std::move(update), effects);
  }
}

void ShareGroups::remove(const Moment& at, const std::string& group, Effects& effects) {
  const ShareUpdateContext update_with = context(at, group);
  ShareGroupUpdate update(group, *store_.share(group), update_with);
  update.remove_group();
  std::ranges::move(update.records(), std::back_inserter(effects.records));
  store_.groups().erase(group);
  store_.forget_metadata(group);
}

}  // namespace moldau::coordinator
