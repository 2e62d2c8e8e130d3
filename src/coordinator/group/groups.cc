#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "coordinator/assignor/table_order.h"
#include "coordinator/group/group_coordinator.h"
#include "coordinator/group/group_counts.h"
#include "coordinator/group/replies.h"

namespace moldau::coordinator {
namespace {

constexpr std::int64_t kNoProducer = -1;
/// From this version on a group that is not there is an error; before, it is "Dead".
constexpr std::int16_t kGroupIdNotFoundVersion = 6;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

/// By what a state is asked for.
std::string filter_name(std::string_view state) {
  return state == "NotReady" ? "not_ready" : lower(state);
}

std::string trimmed(std::string text) {
  const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  text.erase(text.begin(), std::ranges::find_if_not(text, is_blank));
  while (!text.empty() && is_blank(text.back()))
    text.pop_back();
  return text;
}

protocol::DescribeGroupsResponse::DescribedGroup describe(const ClassicGroup& group,
                                                          Reply<protocol::DescribeGroupsResponse>& reply) {
  protocol::DescribeGroupsResponse::DescribedGroup described;
  const bool is_stable = group.is_in(ClassicState::kStable);
  const std::string protocol = group.protocol_name().value_or("");
  described.group_state = state_name(group.state());
  described.protocol_type = reply.keep(group.protocol_type().value_or(""));
  if (is_stable) described.protocol_data = reply.keep(protocol);
  for (const auto& [id, member] : group.members()) {
    auto& entry = described.members.emplace_back();
    entry.member_id = reply.keep(id);
    if (member.instance_id) entry.group_instance_id = reply.keep(*member.instance_id);
    entry.client_id = reply.keep(member.client_id);
    entry.client_host = reply.keep(member.client_host);
    entry.member_assignment = as_bytes(reply.keep(member.assignment));
    if (is_stable) entry.member_metadata = as_bytes(reply.keep(std::string(member.metadata(protocol))));
  }
  return described;
}

}  // namespace

Reply<protocol::DescribeGroupsResponse> GroupCoordinator::describe_groups(
    const RequestContext& context, std::span<const std::string_view> groups) const {
  Reply<protocol::DescribeGroupsResponse> reply;
  for (const std::string_view id : groups) {
    const GroupEntry* entry = store_.groups().find(id, store_.committed());
    protocol::DescribeGroupsResponse::DescribedGroup described;
    if (entry != nullptr && entry->classic) {
      described = describe(*entry->classic, reply);
    } else {
      described.group_state = state_name(ClassicState::kDead);
      if (context.api_version >= kGroupIdNotFoundVersion) {
        described.error_code = ErrorCode::kGroupIdNotFound;
        described.error_message =
            reply.keep(no_such_group(store_, id, GroupType::kClassic, store_.committed()));
      }
    }
    described.group_id = GroupId(id);
    reply.message.groups.push_back(std::move(described));
  }
  return reply;
}

Reply<protocol::ListGroupsResponse> GroupCoordinator::list_groups(
    std::span<const std::string_view> states, std::span<const std::string_view> types) const {
  Reply<protocol::ListGroupsResponse> reply;
  const auto wants = [&](std::string_view type) {
    return types.empty() ||
           std::ranges::any_of(types, [&](std::string_view wanted) { return lower(wanted) == type; });
  };
  std::vector<std::string_view> ids;
  store_.groups().visit_all(store_.committed(),
                            [&](const std::string& id, const GroupEntry&) { ids.push_back(id); });
  for (const std::string_view id : in_table_order(ids, ids.size())) {
    const GroupEntry& entry = *store_.groups().find(id, store_.committed());
    const std::string_view type = type_name(entry.type);
    if (!wants(type)) continue;
    const std::string_view state = state_of(entry);
    const bool passes = states.empty() || std::ranges::any_of(states, [&](std::string_view wanted) {
                          return trimmed(lower(wanted)) == filter_name(state);
                        });
    if (!passes) continue;
    auto& listed = reply.message.groups.emplace_back();
    listed.group_id = GroupId(reply.keep(std::string(id)));
    // Groups that are not classic have a protocol of that name too.
    listed.protocol_type = entry.classic ? reply.keep(entry.classic->protocol_type().value_or("")) : type;
    listed.group_state = state;
    listed.group_type = type;
  }
  return reply;
}

ErrorCode GroupCoordinator::check_delete(std::string_view group_id) const {
  if (const auto* consumer = store_.consumer(group_id)) {
    return consumer->is_empty() ? ErrorCode::kNone : ErrorCode::kNonEmptyGroup;
  }
  if (const auto* share = store_.share(group_id)) {
    return share->is_empty() ? ErrorCode::kNone : ErrorCode::kNonEmptyGroup;
  }
  if (const auto* streams = store_.streams(group_id)) {
    return streams->is_empty() ? ErrorCode::kNone : ErrorCode::kNonEmptyGroup;
  }
  const ClassicGroup* group = store_.classic(group_id);
  if (group == nullptr) return ErrorCode::kGroupIdNotFound;
  return group->is_in(ClassicState::kEmpty) ? ErrorCode::kNone : ErrorCode::kNonEmptyGroup;
}

Answer<protocol::DeleteGroupsResponse> GroupCoordinator::delete_groups(
    const RequestContext& context, std::span<const std::string_view> groups) {
  Answer<protocol::DeleteGroupsResponse> answer;
  for (const std::string_view id : groups) {
    auto& result = answer.reply.message.results.emplace_back();
    result.group_id = GroupId(id);
    result.error_code = check_delete(id);
    if (result.error_code == ErrorCode::kNone) delete_group(context.at, id, answer.effects);
  }
  return answer;
}

void GroupCoordinator::delete_group(const Moment& at, std::string_view group, Effects& effects) {
  std::vector<OffsetKey> keys;
  store_.offsets().visit_group(group, kLatest,
                               [&](const OffsetKey& key, const StoredOffset&) { keys.push_back(key); });
  store_.offsets().visit_open(group, [&](const OffsetKey& key) {
    if (store_.offsets().find(key) == nullptr) keys.push_back(key);
  });
  for (const OffsetKey& key : keys)
    take(effects, at, kNoProducer, {key, std::nullopt});
  remove_group(at, group, effects);
}

void GroupCoordinator::remove_group(const Moment& at, std::string_view group, Effects& effects) {
  if (store_.consumer(group) != nullptr) {
    remove_consumer_group(at, group, effects);
    return;
  }
  if (store_.share(group) != nullptr) {
    share_groups().remove(at, std::string(group), effects);
    return;
  }
  if (store_.streams(group) != nullptr) {
    streams_groups().remove(at, std::string(group), effects);
    return;
  }
  effects.records.push_back(group_tombstone(group));
  store_.groups().erase(std::string(group));
}

bool GroupCoordinator::is_subscribed_to(std::string_view group, std::string_view topic) const {
  if (const auto* consumer = store_.consumer(group)) return consumer->is_subscribed_to(topic);
  if (const auto* streams = store_.streams(group)) return streams->is_subscribed_to(topic);
  const ClassicGroup* classic = store_.classic(group);
  return classic != nullptr && classic->is_subscribed_to(topic);
}

Effects GroupCoordinator::topics_deleted(const Moment& at, std::span<const DeletedTopic> topics) {
  Effects effects;
  effects.is_atomic = false;
  std::vector<OffsetKey> keys;
  const auto collect = [&](const OffsetKey& key, const StoredOffset& stored) {
    const auto deleted = std::ranges::find(topics, key.topic, &DeletedTopic::name);
    if (deleted == topics.end()) return;
    if (stored.topic_id.is_zero() || stored.topic_id == deleted->id) keys.push_back(key);
  };
  store_.offsets().visit_all(kLatest, collect);
  store_.offsets().visit_all_open(collect);
  for (const OffsetKey& key : keys)
    take(effects, at, kNoProducer, {key, std::nullopt});
  std::set<Uuid> ids;
  for (const DeletedTopic& topic : topics)
    ids.insert(topic.id);
  share_groups().topics_deleted(at, ids, effects);
  return effects;
}

bool GroupCoordinator::is_expired(const Moment& at, const GroupEntry& entry,
                                  const StoredOffset& stored) const {
  TimestampMs since = stored.commit_timestamp;
  if (entry.classic) {
    const ClassicGroup& group = *entry.classic;
    const bool is_empty = group.is_in(ClassicState::kEmpty);
    const bool by_commit =
        !group.protocol_type() ||
        (group.uses_consumer_protocol() && group.knows_subscriptions() && group.is_in(ClassicState::kStable));
    if (!is_empty && !by_commit) return false;
    if (group.protocol_type() && is_empty) since = group.state_timestamp().value_or(since);
  }
  return stored.expire_timestamp != -1 ? at.wall_ms >= stored.expire_timestamp
                                       : at.wall_ms - since >= store_.config().offsets_retention_ms;
}

bool GroupCoordinator::expire_offsets(const Moment& at, const std::string& group, const GroupEntry& entry,
                                      Effects& effects) {
  bool all_expired = true;
  std::vector<OffsetKey> keys;
  store_.offsets().visit_group(group, kLatest, [&](const OffsetKey& key, const StoredOffset& stored) {
    if (!is_subscribed_to(group, key.topic) && is_expired(at, entry, stored) &&
        !store_.offsets().has_open(key)) {
      keys.push_back(key);
    } else {
      all_expired = false;
    }
  });
  for (const OffsetKey& key : keys)
    take(effects, at, kNoProducer, {key, std::nullopt});
  store_.counters().expired_offsets += keys.size();
  return all_expired && !store_.offsets().has_open(group);
}

void GroupCoordinator::sweep(const Moment& at, Effects& effects) {
  effects.is_atomic = false;
  std::vector<std::pair<std::string, GroupEntry>> groups;
  store_.groups().visit_all(kLatest, [&](const std::string& id, const GroupEntry& entry) {
    if (!entry.share) groups.emplace_back(id, entry);
  });
  for (const auto& [id, entry] : groups) {
    if (expire_offsets(at, id, entry, effects) && check_delete(id) == ErrorCode::kNone)
      remove_group(at, id, effects);
  }
  set_timer(effects, at, TimerKind::kExpiry, {}, {}, store_.config().retention_check_interval_ms);
}

}  // namespace moldau::coordinator
