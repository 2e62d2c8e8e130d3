#include "coordinator/group/streams_groups.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>
#include <variant>

#include "coordinator/consumer/member.h"
#include "coordinator/group/group_records.h"
#include "coordinator/streams_group/streams_heartbeat.h"

namespace moldau::coordinator {
namespace {

using Request = protocol::StreamsGroupHeartbeatRequest;
using Response = protocol::StreamsGroupHeartbeatResponse;

std::vector<Response::TaskIds> to_tasks(const TaskSets& tasks, Reply<StreamsHeartbeatOutcome>& reply) {
  std::vector<Response::TaskIds> all;
  for (const auto& [subtopology, partitions] : tasks) {
    auto& ids = all.emplace_back();
    ids.subtopology_id = reply.keep(subtopology);
    ids.partitions.assign(partitions.begin(), partitions.end());
  }
  return all;
}

std::vector<Response::TopicPartition> to_topics(const std::vector<TaskTopic>& topics,
                                                Reply<StreamsHeartbeatOutcome>& reply) {
  std::vector<Response::TopicPartition> all;
  for (const TaskTopic& topic : topics) {
    auto& partitions = all.emplace_back();
    partitions.topic = TopicName(reply.keep(topic.topic));
    partitions.partitions = topic.partitions;
  }
  return all;
}

std::vector<Response::EndpointToPartitions> to_endpoints(const std::vector<EndpointPartitions>& endpoints,
                                                         Reply<StreamsHeartbeatOutcome>& reply) {
  std::vector<Response::EndpointToPartitions> all;
  for (const EndpointPartitions& one : endpoints) {
    auto& endpoint = all.emplace_back();
    endpoint.user_endpoint.host = reply.keep(one.endpoint.host);
    endpoint.user_endpoint.port = one.endpoint.port;
    endpoint.active_partitions = to_topics(one.active, reply);
    endpoint.standby_partitions = to_topics(one.standby, reply);
  }
  return all;
}

Reply<StreamsHeartbeatOutcome> reply_of(StreamsAnswer answer, const Request& request,
                                        const StreamsGroupSettings& settings) {
  Reply<StreamsHeartbeatOutcome> reply;
  Response& response = reply.message.response;
  response.member_id = request.member_id;
  response.member_epoch = answer.epoch;
  response.heartbeat_interval_ms = settings.heartbeat_interval_ms;
  auto& statuses = response.status.emplace();
  for (const StreamsStatus& status : answer.statuses) {
    statuses.push_back({.status_code = static_cast<std::int8_t>(status.code),
                        .status_detail = reply.keep(status.detail),
                        .unknown_tags = {}});
  }
  if (answer.tasks) {
    response.active_tasks = to_tasks(answer.tasks->active, reply);
    response.standby_tasks = to_tasks(answer.tasks->standby, reply);
    response.warmup_tasks = to_tasks(answer.tasks->warmup, reply);
  }
  response.endpoint_information_epoch = answer.endpoint_epoch;
  if (answer.endpoints) response.partitions_by_user_endpoint = to_endpoints(*answer.endpoints, reply);
  reply.message.topics_to_create = std::move(answer.topics_to_create);
  return reply;
}

/// A classic group without members, which a streams group may take the place of.
bool is_empty_classic(const GroupStore& store, std::string_view group) {
  const ClassicGroup* classic = store.classic(group);
  return classic != nullptr && classic->is_in(ClassicState::kEmpty);
}

}  // namespace

StreamsUpdateContext StreamsGroups::context(const Moment& at, std::string_view group) const {
  return {.at = at, .topics = store_.topics(), .settings = store_.config().streams_settings_of(group)};
}

Result<void> StreamsGroups::check_kind(std::string_view group_id, bool joins) const {
  if (store_.streams(group_id) != nullptr) return {};
  if (!store_.exists(group_id)) {
    if (joins) return {};
    return fail(ErrorCode::kGroupIdNotFound, "Streams group " + std::string(group_id) + " not found.");
  }
  if (joins && is_empty_classic(store_, group_id)) return {};
  return fail(ErrorCode::kGroupIdNotFound, no_such_group(store_, group_id, GroupType::kStreams));
}

void StreamsGroups::take_notes(StreamsUpdate& update, Effects& effects) {
  // Of a group that does not come to be only the delay counts, which its timer ends.
  if (update.notes().is_delayed || store_.streams(update.id()) != nullptr) {
    store_.streams_notes()[update.id()] = update.notes();
  } else {
    store_.streams_notes().erase(update.id());
  }
  std::ranges::move(update.timers(), std::back_inserter(effects.timers));
}

void StreamsGroups::take(StreamsUpdate& update, Effects& effects) {
  if (!update.records().empty()) {
    store_.groups().put(update.id(), {.type = GroupType::kStreams,
                                      .streams = std::make_shared<const StreamsGroup>(update.group())});
  }
  take_notes(update, effects);
  std::ranges::move(update.records(), std::back_inserter(effects.records));
}

Answer<StreamsHeartbeatOutcome> StreamsGroups::heartbeat(const RequestContext& context,
                                                         const Request& request) {
  Answer<StreamsHeartbeatOutcome> answer;
  auto reply = request.member_epoch == kLeaveEpoch ? leave(context.at, request, answer.effects)
                                                   : heartbeat_of_member(context, request, answer.effects);
  if (reply) {
    answer.reply = *std::move(reply);
    return answer;
  }
  Response& response = answer.reply.message.response;
  response.error_code = reply.error().code;
  if (response.error_code != ErrorCode::kUnknownServerError)
    response.error_message = answer.reply.keep(std::move(reply).error().message);
  return answer;
}

Result<Reply<StreamsHeartbeatOutcome>> StreamsGroups::heartbeat_of_member(const RequestContext& context,
                                                                          const Request& request,
                                                                          Effects& effects) {
  const std::string_view group_id = request.group_id.value();
  const bool joins = request.member_epoch == kJoinEpoch;
  if (auto checked = check_kind(group_id, joins); !checked) return fail(std::move(checked).error());
  const auto said = streams_heartbeat_of(request, context.client_id, context.client_host);
  if (!said) return fail(said.error());
  const StreamsUpdateContext update_with = this->context(context.at, group_id);
  StreamsUpdate update(std::string(group_id), store_.streams(group_id), store_.streams_notes_of(group_id),
                       update_with);
  const std::int32_t epoch_before = update.group().epoch();
  auto heard = update.heartbeat(*said);
  if (!heard) {
    take_notes(update, effects);
    return fail(std::move(heard).error());
  }
  if (update.group().epoch() > epoch_before) ++store_.counters().streams_rebalances;
  if (is_empty_classic(store_, group_id)) effects.records.push_back(group_tombstone(group_id));
  take(update, effects);
  return reply_of(*std::move(heard), request, update_with.settings);
}

Result<Reply<StreamsHeartbeatOutcome>> StreamsGroups::leave(const Moment& at, const Request& request,
                                                            Effects& effects) {
  const std::string_view group_id = request.group_id.value();
  if (store_.streams(group_id) == nullptr) {
    return fail(ErrorCode::kGroupIdNotFound, no_such_group(store_, group_id, GroupType::kStreams));
  }
  const StreamsUpdateContext update_with = context(at, group_id);
  StreamsUpdate update(std::string(group_id), store_.streams(group_id), store_.streams_notes_of(group_id),
                       update_with);
  if (auto left = update.leave(std::string(request.member_id), request.shutdown_application); !left)
    return fail(std::move(left).error());
  take(update, effects);
  Reply<StreamsHeartbeatOutcome> reply;
  reply.message.response.member_id = request.member_id;
  reply.message.response.member_epoch = request.member_epoch;
  return reply;
}

void StreamsGroups::replay(const StreamsGroupRecord& record) {
  const StreamsGroup* known = store_.streams(record.group);
  const bool is_end = is_tombstone(record.change);
  if (known == nullptr && is_end) return;
  if (is_end && std::holds_alternative<StreamsEpochRecord>(record.change)) {
    store_.groups().erase(record.group);
    return;
  }
  auto group = known == nullptr ? std::make_shared<StreamsGroup>() : std::make_shared<StreamsGroup>(*known);
  group->apply(record.change);
  store_.groups().put(record.group, {.type = GroupType::kStreams, .streams = std::move(group)});
}

void StreamsGroups::load(const Moment& at, const std::string& id, const StreamsGroup& group,
                         Effects& effects) {
  const StreamsUpdateContext update_with = context(at, id);
  StreamsUpdate update(id, &group, StreamsNotes(), update_with);
  update.loaded();
  take_notes(update, effects);
}

void StreamsGroups::timer_passed(const Moment& at, const TimerKey& key, Effects& effects) {
  const StreamsUpdateContext update_with = context(at, key.group);
  StreamsUpdate update(key.group, store_.streams(key.group), store_.streams_notes_of(key.group), update_with);
  switch (key.kind) {
    case TimerKind::kMemberSession:
      update.session_timed_out(key.member);
      break;
    case TimerKind::kRevocation:
      update.revocation_timed_out(key.member);
      break;
    case TimerKind::kInitialDelay:
      // Where no target can be found the next heartbeat tries again, and says why not.
      if (!update.initial_delay_ended()) {
        take_notes(update, effects);
        return;
      }
      break;
    default:
      return;
  }
  take(update, effects);
}

void StreamsGroups::remove(const Moment& at, const std::string& group, Effects& effects) {
  const StreamsUpdateContext update_with = context(at, group);
  StreamsUpdate update(group, store_.streams(group), store_.streams_notes_of(group), update_with);
  update.remove_group();
  std::ranges::move(update.timers(), std::back_inserter(effects.timers));
  std::ranges::move(update.records(), std::back_inserter(effects.records));
  store_.groups().erase(group);
  store_.streams_notes().erase(group);
}

}  // namespace moldau::coordinator
