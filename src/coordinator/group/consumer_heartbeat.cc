#include "coordinator/group/consumer_heartbeat.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "coordinator/group/group_coordinator.h"
#include "coordinator/group/replies.h"

namespace moldau::coordinator {
namespace {

using Request = protocol::ConsumerGroupHeartbeatRequest;
using Response = protocol::ConsumerGroupHeartbeatResponse;

/// From this version on the member makes its id.
constexpr std::int16_t kMemberIdVersion = 1;
constexpr std::int32_t kNoRebalanceTimeout = -1;

bool is_blank(const std::optional<std::string_view>& text) {
  return text && moldau::is_blank(*text);
}

std::unexpected<Error> invalid(std::string message) {
  return fail(ErrorCode::kInvalidRequest, std::move(message));
}

Result<void> check_epoch(const Request& request) {
  if (request.member_epoch == kJoinEpoch) {
    if (request.rebalance_timeout_ms == kNoRebalanceTimeout) {
      return invalid("RebalanceTimeoutMs must be provided in first request.");
    }
    if (!request.topic_partitions || !request.topic_partitions->empty()) {
      return invalid("TopicPartitions must be empty when (re-)joining.");
    }
    if (!request.subscribed_topic_names && !request.subscribed_topic_regex) {
      return invalid(
          "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.");
    }
  } else if (request.member_epoch == kStaticLeaveEpoch) {
    if (!request.instance_id) return invalid("InstanceId can't be null.");
  } else if (request.member_epoch < kStaticLeaveEpoch) {
    return invalid("MemberEpoch is invalid.");
  }
  return {};
}

OwnedPartitions owned_partitions(const std::vector<Request::TopicPartitions>& topics) {
  OwnedPartitions owned;
  for (const auto& topic : topics) {
    auto& partitions = owned[topic.topic_id];
    partitions.insert(partitions.end(), topic.partitions.begin(), topic.partitions.end());
  }
  for (auto& [topic_id, partitions] : owned) {
    std::ranges::sort(partitions);
    const auto repeated = std::ranges::unique(partitions);
    partitions.erase(repeated.begin(), repeated.end());
  }
  return owned;
}

/// What the member wants, where the request leaves out what has not changed.
MemberSubscription updated(MemberSubscription subscription, const RequestContext& context,
                           const Request& request) {
  if (request.instance_id) subscription.instance_id = *request.instance_id;
  if (request.rack_id) subscription.rack_id = *request.rack_id;
  if (request.rebalance_timeout_ms != kNoRebalanceTimeout) {
    subscription.rebalance_timeout_ms = request.rebalance_timeout_ms;
  }
  if (request.server_assignor) subscription.server_assignor = *request.server_assignor;
  if (request.subscribed_topic_names) {
    subscription.topics.clear();
    for (const TopicName& name : *request.subscribed_topic_names)
      subscription.topics.emplace(name.value());
  }
  if (request.subscribed_topic_regex) subscription.regex = *request.subscribed_topic_regex;
  subscription.client_id = context.client_id;
  subscription.client_host = context.client_host;
  subscription.classic.reset();
  return subscription;
}

Response::Assignment to_assignment(const AssignedPartitions& assigned) {
  Response::Assignment assignment;
  for (const auto& [topic_id, partitions] : assigned) {
    auto& topic = assignment.topic_partitions.emplace_back();
    topic.topic_id = topic_id;
    for (const auto& [partition, epoch] : partitions)
      topic.partitions.push_back(partition);
  }
  return assignment;
}

/// A request that says all there is to say is answered with all.
bool is_full(const Request& request) {
  return request.rebalance_timeout_ms != kNoRebalanceTimeout &&
         (request.subscribed_topic_names || request.subscribed_topic_regex) && request.topic_partitions;
}

}  // namespace

Result<void> check_heartbeat(const Request& request, std::int16_t api_version,
                             std::span<const std::string> assignors) {
  const bool has_id =
      api_version >= kMemberIdVersion || request.member_epoch > 0 || request.member_epoch == kLeaveEpoch;
  if (has_id && moldau::is_blank(request.member_id)) return invalid("MemberId can't be empty.");
  if (moldau::is_blank(request.group_id.value())) return invalid("GroupId can't be empty.");
  if (is_blank(request.instance_id)) return invalid("InstanceId can't be empty.");
  if (is_blank(request.rack_id)) return invalid("RackId can't be empty.");
  if (auto checked = check_epoch(request); !checked) return checked;
  if (request.server_assignor && std::ranges::find(assignors, *request.server_assignor) == assignors.end()) {
    std::string supported;
    for (const std::string& name : assignors)
      supported.append(supported.empty() ? "" : ", ").append(name);
    return fail(ErrorCode::kUnsupportedAssignor, "ServerAssignor " + std::string(*request.server_assignor) +
                                                     " is not supported. Supported assignors: " + supported +
                                                     ".");
  }
  return {};
}

Answer<Response> GroupCoordinator::consumer_heartbeat(const RequestContext& context, const Request& request) {
  Answer<Response> answer;
  const bool leaves = request.member_epoch == kLeaveEpoch || request.member_epoch == kStaticLeaveEpoch;
  auto reply = leaves ? leave_consumer_group(context, request, answer.effects)
                      : heartbeat_of_member(context, request, answer.effects);
  if (reply) {
    answer.reply = *std::move(reply);
    return answer;
  }
  answer.reply.message.error_code = reply.error().code;
  answer.reply.message.error_message = answer.reply.keep(std::move(reply).error().message);
  return answer;
}

Result<Reply<Response>> GroupCoordinator::heartbeat_of_member(const RequestContext& context,
                                                              const Request& request, Effects& effects) {
  const ConsumerUpdateContext update_with = update_context(context.at, request.group_id.value());
  const bool joins = request.member_epoch == kJoinEpoch;
  auto opened = open_consumer_group(request.group_id.value(), joins, update_with);
  if (!opened) return fail(std::move(opened).error());
  ConsumerUpdate& update = *opened;
  const auto max_size = static_cast<std::size_t>(store_.config().consumer_max_size);
  if (update.group().members().size() >= max_size && !update.group().members().contains(request.member_id)) {
    return fail(ErrorCode::kGroupMaxSizeReached, "The consumer group has reached its maximum capacity of " +
                                                     std::to_string(store_.config().consumer_max_size) +
                                                     " members.");
  }
  const std::string id =
      request.member_id.empty() ? context.random.to_string() : std::string(request.member_id);
  OwnedPartitions owned;
  if (request.topic_partitions) owned = owned_partitions(*request.topic_partitions);
  const OwnedPartitions* says_it_owns = request.topic_partitions ? &owned : nullptr;
  const auto member = update.member({.member = id,
                                     .instance_id = request.instance_id,
                                     .epoch = request.member_epoch,
                                     .owned = says_it_owns,
                                     .may_join = joins});
  if (!member) return fail(member.error());
  const MemberSubscription wanted = updated(member->subscription, context, request);
  const bool has_new_names = update.subscribe(*member, wanted);
  const auto regexes = update.update_regexes(member->subscription, wanted);
  if (!regexes) return fail(regexes.error());
  const bool begins_epoch = has_new_names || *regexes == ConsumerUpdate::RegexUpdate::kResolved;
  const bool looks_at_topics =
      begins_epoch || store_.is_metadata_stale(update.id(), update.group().epoch(), context.at.wall_ms);
  if (looks_at_topics && update.update_metadata(begins_epoch)) ++store_.counters().consumer_rebalances;
  if (auto targeted = update.update_target(); !targeted) return fail(std::move(targeted).error());
  const MemberReport report{
      .owned = says_it_owns,
      .has_new_subscription = has_new_names || *regexes != ConsumerUpdate::RegexUpdate::kNone};
  if (auto stepped = update.reconcile_member(id, report); !stepped) return fail(std::move(stepped).error());
  update.restart_session(id, update_with.settings.session_timeout_ms);
  if (update.wants_regex_search() && regex_searches_.insert(update.id()).second) {
    update.set_timer(TimerKind::kRegexes, {}, 0);
  }
  if (looks_at_topics) store_.note_metadata(update.id(), update.group().epoch(), context.at.wall_ms);
  const CurrentAssignment& current = update.group().find(id)->current;
  Reply<Response> reply;
  reply.message.member_id = reply.keep(id);
  reply.message.member_epoch = current.epoch;
  reply.message.heartbeat_interval_ms = update_with.settings.heartbeat_interval_ms;
  if (joins || is_full(request) || current.assigned != member->current.assigned) {
    reply.message.assignment = to_assignment(current.assigned);
  }
  take(std::move(update), effects);
  return reply;
}

Result<Reply<Response>> GroupCoordinator::leave_consumer_group(const RequestContext& context,
                                                               const Request& request, Effects& effects) {
  const ConsumerUpdateContext update_with = update_context(context.at, request.group_id.value());
  const std::string group_id(request.group_id.value());
  const auto* group = store_.consumer(group_id);
  if (group == nullptr) {
    return fail(ErrorCode::kGroupIdNotFound, no_such_group(store_, group_id, GroupType::kConsumer));
  }
  ConsumerUpdate update(group_id, *group, update_with);
  // Its epoch is none: a member may leave from wherever it is.
  const auto member = update.member({.member = request.member_id,
                                     .instance_id = request.instance_id,
                                     .epoch = kJoinEpoch,
                                     .may_join = false});
  if (!member) return fail(member.error());
  Reply<Response> reply;
  reply.message.member_id = request.member_id;
  reply.message.member_epoch = request.member_epoch;
  if (request.instance_id && request.member_epoch == kStaticLeaveEpoch) {
    update.leave_for_a_while(*member);
    take(std::move(update), effects);
    return reply;
  }
  const std::array<std::string, 1> members = {member->id};
  if (auto fenced = fence(context.at, std::move(update), members, effects); !fenced) {
    return fail(std::move(fenced).error());
  }
  return reply;
}

}  // namespace moldau::coordinator
