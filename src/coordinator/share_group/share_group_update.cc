#include "coordinator/share_group/share_group_update.h"

#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "coordinator/consumer/metadata_hash.h"
#include "coordinator/consumer/target_assignment.h"

namespace moldau::coordinator {
namespace {

/// A start offset that says: where the group's settings say.
constexpr std::int64_t kBySettings = -1;
/// What records call a topic that is not there any more.
constexpr std::string_view kUnknownTopic = "<UNKNOWN>";

std::unexpected<Error> fenced(std::string message) {
  return fail(ErrorCode::kFencedMemberEpoch, std::move(message));
}

Result<void> check_epoch(const ShareMember& member, std::int32_t epoch) {
  const ShareAssignment& current = member.current;
  if (epoch == kJoinEpoch || epoch == current.epoch) return {};
  const std::string received = " member epoch (" + std::to_string(epoch) +
                               ") than the one known by the group coordinator (" +
                               std::to_string(current.epoch) + ")";
  if (epoch > current.epoch) {
    return fenced("The share group member has a greater" + received +
                  ". The member must abandon all its partitions and rejoin.");
  }
  if (epoch == current.previous_epoch) return {};
  return fenced("The share group member has a smaller" + received +
                ", and it does not match the previous member epoch (" +
                std::to_string(current.previous_epoch) +
                "). The member must abandon all its partitions and rejoin.");
}

/// Adds the topics of `more` to those of `topics`.
void merge(std::map<Uuid, ShareTopic>& topics, const std::map<Uuid, ShareTopic>& more) {
  for (const auto& [topic_id, topic] : more) {
    ShareTopic& merged = topics[topic_id];
    merged.name = topic.name;
    merged.partitions.insert(topic.partitions.begin(), topic.partitions.end());
  }
}

/// Takes partitions out of the topics, and with the last one the topic.
void remove(std::map<Uuid, ShareTopic>& topics, const PartitionSets& partitions) {
  for (const auto& [topic_id, of_topic] : partitions) {
    const auto topic = topics.find(topic_id);
    if (topic == topics.end()) continue;
    for (const std::int32_t partition : of_topic)
      topic->second.partitions.erase(partition);
    if (topic->second.partitions.empty()) topics.erase(topic);
  }
}

TargetRequest target_request(const ShareGroup& group) {
  TargetRequest request{.epoch = group.epoch(), .is_homogeneous = group.is_homogeneous()};
  for (const auto& [id, member] : group.members())
    request.members.push_back(
        {.id = id, .topics = &member->subscription.topics, .target = &group.target(id)});
  request.assignable.emplace();
  if (const ShareStates* states = group.states()) {
    for (const auto& [topic_id, topic] : states->initialized)
      request.assignable->emplace(topic_id, topic.partitions);
  }
  return request;
}

}  // namespace

ShareGroupUpdate::ShareGroupUpdate(std::string id, ShareGroup group, const ShareUpdateContext& context)
    : id_(std::move(id)), group_(std::move(group)), context_(context), old_targets_(group_.targets()) {}

void ShareGroupUpdate::write(const ShareGroupChange& change) {
  records_.push_back(encode_share_group_record(id_, change));
  group_.apply(change, context_.at.wall_ms);
}

Result<ShareMember> ShareGroupUpdate::member(std::string_view id, std::int32_t epoch, bool may_join) const {
  const ShareMember* known = group_.find(id);
  if (known == nullptr && !may_join) {
    return fail(ErrorCode::kUnknownMemberId,
                "Member " + std::string(id) + " is not a member of group " + id_ + ".");
  }
  ShareMember member = known == nullptr ? ShareMember{.id = std::string(id)} : *known;
  if (auto checked = check_epoch(member, epoch); !checked) return fail(std::move(checked).error());
  return member;
}

bool ShareGroupUpdate::subscribe(const ShareMember& member, ShareSubscription subscription) {
  if (subscription == member.subscription) return false;
  const bool has_new_topics = subscription.topics != member.subscription.topics;
  write(ShareSubscriptionRecord{member.id, std::move(subscription)});
  return has_new_topics;
}

bool ShareGroupUpdate::has_new_states() const {
  const ShareStates* states = group_.states();
  if (states == nullptr || group_.is_empty() || group_.target_epoch() < group_.epoch()) return false;
  PartitionSets assigned;
  for (const auto& [member, target] : group_.targets()) {
    for (const TopicAssignment& topic : *target)
      assigned[topic.topic_id].insert(topic.partitions.begin(), topic.partitions.end());
  }
  for (const auto& [topic_id, topic] : states->initialized) {
    if (!group_.is_subscribed_to(topic.name)) continue;
    const auto found = assigned.find(topic_id);
    if (found == assigned.end() || found->second != topic.partitions) return true;
  }
  return false;
}

bool ShareGroupUpdate::update_metadata(bool has_to) {
  const std::int64_t hash = metadata_hash(context_.topics, group_.subscribed_topics());
  if (!has_to && hash == group_.metadata_hash()) return false;
  write(GroupEpochRecord{GroupEpochRecord::Value{.epoch = group_.epoch() + 1, .metadata_hash = hash}});
  return true;
}

Result<void> ShareGroupUpdate::update_target() {
  if (group_.target_epoch() >= group_.epoch()) return {};
  const ShareGroupSettings& settings = context_.settings;
  if (!is_target_due(group_.target_timestamp_ms(), settings.assignment_interval_ms, context_.at.wall_ms))
    return {};
  auto targets = compute_targets(target_request(group_), context_.topics, assign_simple);
  if (!targets) return fail(std::move(targets).error());
  write_targets(*this, *std::move(targets), old_targets_, context_.at.wall_ms);
  return {};
}

void ShareGroupUpdate::reconcile_member(std::string_view member_id, bool has_new_subscription) {
  const ShareMember& member = *group_.find(member_id);
  const bool is_new_target = member.current.epoch != group_.target_epoch();
  if (!is_new_target && !has_new_subscription) return;
  ShareAssignment next = member.current;
  next.assigned.clear();
  for (const TopicAssignment& topic : group_.target(member_id)) {
    const auto name = context_.topics.name_of(topic.topic_id);
    if (!name || !member.subscription.topics.contains(*name)) continue;
    next.assigned[topic.topic_id].insert(topic.partitions.begin(), topic.partitions.end());
  }
  if (is_new_target) {
    next.state = MemberState::kStable;
    next.previous_epoch = member.current.epoch;
    next.epoch = group_.target_epoch();
  }
  if (next != member.current) write(ShareCurrentRecord{std::string(member_id), std::move(next)});
}

std::optional<InitializeShareStates> ShareGroupUpdate::initialize_states() {
  const ShareStates known = states();
  std::map<Uuid, ShareTopic> wanted;
  for (const auto& [name, count] : group_.subscribed_topics()) {
    const auto topic_id = context_.topics.id_of(name);
    if (!topic_id) continue;
    ShareTopic topic{.name = name};
    for (std::int32_t i = 0; i < context_.topics.partition_count(*topic_id).value_or(0); ++i)
      topic.partitions.insert(i);
    const std::int64_t retry_ms = context_.settings.initialize_retry_interval_ms;
    for (const auto* topics : {&known.initialized, &known.initializing}) {
      const auto found = topics->find(*topic_id);
      if (found == topics->end()) continue;
      const bool is_due =
          topics == &known.initializing && context_.at.wall_ms - found->second.since_ms >= retry_ms;
      if (is_due) continue;
      for (const std::int32_t partition : found->second.partitions)
        topic.partitions.erase(partition);
    }
    if (!topic.partitions.empty()) wanted.emplace(*topic_id, std::move(topic));
  }
  if (wanted.empty()) return std::nullopt;
  InitializeShareStates request{.group = id_, .state_epoch = group_.epoch()};
  for (const auto& [topic_id, topic] : wanted) {
    for (const std::int32_t partition : topic.partitions)
      request.start_offsets[topic_id].emplace(partition, kBySettings);
  }
  begin_initializing(wanted);
  return request;
}

InitializeShareStates ShareGroupUpdate::alter_offsets(const ShareStartOffsets& start_offsets) {
  InitializeShareStates request{.group = id_, .state_epoch = group_.epoch()};
  std::map<Uuid, ShareTopic> wanted;
  for (const auto& [topic_id, of_topic] : start_offsets) {
    ShareTopic& topic = wanted[topic_id];
    topic.name = name_of(topic_id);
    for (const auto& [partition, start_offset] : of_topic)
      topic.partitions.insert(partition);
    if (!of_topic.empty()) request.start_offsets.emplace(topic_id, of_topic);
  }
  if (!wanted.empty()) begin_initializing(wanted);
  return request;
}

void ShareGroupUpdate::begin_initializing(const std::map<Uuid, ShareTopic>& topics) {
  ShareStates states = this->states();
  merge(states.initializing, topics);
  for (const auto& [topic_id, topic] : topics)
    states.deleting.erase(topic_id);
  write_states(std::move(states));
}

void ShareGroupUpdate::states_initialized(const PartitionSets& partitions) {
  if (partitions.empty()) return;
  ShareStates states = this->states();
  std::map<Uuid, ShareTopic> initialized;
  for (const auto& [topic_id, of_topic] : partitions)
    initialized.emplace(topic_id, ShareTopic{.name = name_of(topic_id), .partitions = of_topic});
  merge(states.initialized, initialized);
  remove(states.initializing, partitions);
  write_states(std::move(states));
}

void ShareGroupUpdate::states_refused(const PartitionSets& partitions) {
  if (partitions.empty() || group_.states() == nullptr || group_.states()->initializing.empty()) return;
  ShareStates states = *group_.states();
  remove(states.initializing, partitions);
  write_states(std::move(states));
}

void ShareGroupUpdate::topics_deleted(const std::set<Uuid>& topics) {
  if (group_.states() == nullptr) return;
  ShareStates states = *group_.states();
  for (const Uuid& topic_id : topics) {
    states.initializing.erase(topic_id);
    states.initialized.erase(topic_id);
    states.deleting.erase(topic_id);
  }
  if (states != *group_.states()) write_states(std::move(states));
}

PartitionSets ShareGroupUpdate::begin_deletion() {
  if (group_.states() == nullptr) return {};
  ShareStates states;
  PartitionSets partitions;
  for (const auto* topics : {&group_.states()->initialized, &group_.states()->initializing}) {
    for (const auto& [topic_id, topic] : *topics) {
      partitions[topic_id].insert(topic.partitions.begin(), topic.partitions.end());
      states.deleting.emplace(topic_id, topic.name);
    }
  }
  // What an earlier deletion has left behind is asked for again.
  for (const auto& [topic_id, unused] : group_.states()->deleting) {
    const auto name = context_.topics.name_of(topic_id);
    if (!name) continue;
    add_all_partitions(topic_id, partitions);
    states.deleting.emplace(topic_id, *name);
  }
  write(ShareStatesRecord{std::move(states)});
  return partitions;
}

bool ShareGroupUpdate::has_state_to_delete(const Uuid& topic_id) const {
  const ShareStates* states = group_.states();
  return states != nullptr && (states->initialized.contains(topic_id) || states->deleting.contains(topic_id));
}

PartitionSets ShareGroupUpdate::begin_offsets_deletion(const std::set<Uuid>& topics) {
  if (group_.states() == nullptr) return {};
  ShareStates states = *group_.states();
  PartitionSets partitions;
  for (const Uuid& topic_id : topics) {
    const auto initialized = states.initialized.find(topic_id);
    if (initialized != states.initialized.end()) {
      partitions[topic_id] = initialized->second.partitions;
      states.deleting.emplace(topic_id, initialized->second.name);
      states.initialized.erase(initialized);
    } else if (states.deleting.contains(topic_id)) {
      add_all_partitions(topic_id, partitions);
    }
  }
  write_states(std::move(states));
  return partitions;
}

void ShareGroupUpdate::finish_offsets_deletion(const std::set<Uuid>& topics) {
  if (group_.states() == nullptr) return;
  ShareStates states = *group_.states();
  for (const Uuid& topic_id : topics)
    states.deleting.erase(topic_id);
  write_states(std::move(states));
}

void ShareGroupUpdate::add_all_partitions(const Uuid& topic_id, PartitionSets& partitions) const {
  std::set<std::int32_t>& of_topic = partitions[topic_id];
  for (std::int32_t i = 0; i < context_.topics.partition_count(topic_id).value_or(0); ++i)
    of_topic.insert(i);
}

std::string ShareGroupUpdate::name_of(const Uuid& topic_id) const {
  return std::string(context_.topics.name_of(topic_id).value_or(kUnknownTopic));
}

ShareStates ShareGroupUpdate::states() const {
  return group_.states() == nullptr ? ShareStates() : *group_.states();
}

void ShareGroupUpdate::write_states(ShareStates states) {
  for (auto& [topic_id, name] : states.deleting)
    name = name_of(topic_id);
  write(ShareStatesRecord{std::move(states)});
}

void ShareGroupUpdate::fence(const std::string& member) {
  write(ShareCurrentRecord{member, std::nullopt});
  write(TargetRecord{member, std::nullopt});
  write(ShareSubscriptionRecord{member, std::nullopt});
  update_metadata(true);
  timers_.push_back(
      {.key = {.kind = TimerKind::kMemberSession, .group = id_, .member = member}, .deadline = std::nullopt});
}

void ShareGroupUpdate::remove_group() {
  std::vector<std::string> members;
  for (const auto& [id, unused] : group_.members())
    members.push_back(id);
  for (const std::string& id : members)
    write(ShareCurrentRecord{id, std::nullopt});
  for (const std::string& id : members)
    write(TargetRecord{id, std::nullopt});
  write(TargetEpochRecord{std::nullopt});
  for (const std::string& id : members)
    write(ShareSubscriptionRecord{id, std::nullopt});
  write(ShareStatesRecord{std::nullopt});
  write(GroupEpochRecord{std::nullopt});
}

}  // namespace moldau::coordinator
