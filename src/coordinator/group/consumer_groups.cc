#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "coordinator/group/group_coordinator.h"
#include "coordinator/group/replies.h"

/// What all changes of consumer groups share.
namespace moldau::coordinator {
namespace {

/// How long a group relies on what it knows of its topics if nobody tells of a change; fixed in Kafka.
constexpr std::int64_t kMetadataRefreshMs = std::numeric_limits<std::int32_t>::max();

}  // namespace

ConsumerUpdateContext GroupCoordinator::update_context(const Moment& at, std::string_view group) const {
  return {.at = at,
          .topics = *topics_,
          .settings = config_.consumer_settings_of(group),
          .newest_topic_version = newest_topic_version_};
}

const std::shared_ptr<const ConsumerGroup>* GroupCoordinator::find_consumer(std::string_view group,
                                                                            LogEnd at) const {
  const GroupEntry* entry = groups_.find(group, at);
  return entry == nullptr || !entry->consumer ? nullptr : &entry->consumer;
}

void GroupCoordinator::take(ConsumerUpdate update, Effects& effects) {
  std::ranges::move(update.timers(), std::back_inserter(effects.timers));
  if (update.records().empty()) return;
  std::ranges::move(update.records(), std::back_inserter(effects.records));
  if (ClassicGroup* upgraded = classic(update.id())) release_members(*upgraded, effects);
  groups_.put(update.id(), {.type = GroupType::kConsumer,
                            .classic = nullptr,
                            .consumer = std::make_shared<const ConsumerGroup>(update.group())});
}

void GroupCoordinator::replay_consumer(const ConsumerRecord& record) {
  const GroupEntry* entry = groups_.find(record.group);
  const bool is_known = entry != nullptr && entry->consumer != nullptr;
  const bool is_tombstone = std::visit(
      [](const auto& change) {
        if constexpr (requires { change.value; }) {
          return !change.value.has_value();
        } else {
          return !change.exists;
        }
      },
      record.change);
  if (!is_known && is_tombstone) return;
  if (is_tombstone && std::holds_alternative<GroupEpochRecord>(record.change)) {
    groups_.erase(record.group);
    return;
  }
  // A group that only held offsets may have come before: it has no records of its own.
  auto group =
      is_known ? std::make_shared<ConsumerGroup>(*entry->consumer) : std::make_shared<ConsumerGroup>();
  group->apply(record.change);
  groups_.put(record.group, {.type = GroupType::kConsumer, .classic = nullptr, .consumer = std::move(group)});
}

void GroupCoordinator::load_consumer_group(const Moment& at, const std::string& id,
                                           const ConsumerGroup& group, Effects& effects) const {
  const std::int32_t session_timeout_ms = config_.consumer_settings_of(id).session_timeout_ms;
  for (const auto& [member_id, member] : group.members()) {
    set_timer(effects, at, TimerKind::kMemberSession, id, member_id, session_timeout_ms);
    if (member->current.state == MemberState::kUnrevokedPartitions) {
      set_timer(effects, at, TimerKind::kRevocation, id, member_id,
                member->subscription.rebalance_timeout_ms);
    }
  }
}

void GroupCoordinator::remove_consumer_group(const Moment& at, std::string_view group, Effects& effects) {
  const ConsumerUpdateContext context = update_context(at, group);
  ConsumerUpdate update(std::string(group), **find_consumer(group), context);
  update.remove_group();
  std::ranges::move(update.records(), std::back_inserter(effects.records));
  groups_.erase(std::string(group));
  metadata_looks_.erase(update.id());
}

bool GroupCoordinator::is_metadata_stale(const ConsumerGroup& group, std::string_view id,
                                         TimestampMs wall_ms) const {
  const auto look = metadata_looks_.find(id);
  return look == metadata_looks_.end() || wall_ms >= look->second.until_ms ||
         group.epoch() < look->second.epoch;
}

void GroupCoordinator::note_metadata(const ConsumerUpdate& update, TimestampMs wall_ms) {
  metadata_looks_[update.id()] = {.until_ms = wall_ms + kMetadataRefreshMs, .epoch = update.group().epoch()};
}

void GroupCoordinator::topics_changed(std::shared_ptr<const TopicsView> topics,
                                      std::span<const std::string> changed, bool has_new_topics) {
  topics_ = std::move(topics);
  if (has_new_topics || newest_topic_version_ == -1) newest_topic_version_ = topics_->version();
  std::erase_if(metadata_looks_, [&](const auto& look) {
    const auto* group = find_consumer(look.first);
    return group == nullptr || std::ranges::any_of(changed, [&](const std::string& topic) {
             return (*group)->is_subscribed_to(topic);
           });
  });
}

void GroupCoordinator::search_regexes(const Moment& at, const std::string& id, Effects& effects) {
  regex_searches_.erase(id);
  const auto* group = find_consumer(id);
  if (group == nullptr || (*group)->regexes().empty()) return;
  const ConsumerUpdateContext context = update_context(at, id);
  ConsumerUpdate update(id, **group, context);
  update.take_resolved_regexes();
  if (update.group().epoch() != (*group)->epoch()) note_metadata(update, at.wall_ms);
  take(std::move(update), effects);
}

Result<void> GroupCoordinator::fence(const Moment& at, ConsumerUpdate update,
                                     std::span<const std::string> members, Effects& effects) {
  if (members.empty()) return {};
  if (can_downgrade(update.group(), members)) {
    return downgrade(at, std::move(update), members, true, effects);
  }
  update.fence(members);
  take(std::move(update), effects);
  return {};
}

void GroupCoordinator::fence_on_timeout(const Moment& at, const TimerKey& key, Effects& effects) {
  const ConsumerGroup& group = **find_consumer(key.group);
  const ConsumerMember* member = group.find(key.member);
  if (member == nullptr) return;
  const bool is_for_consumers = key.kind == TimerKind::kMemberSession || key.kind == TimerKind::kRevocation ||
                                key.kind == TimerKind::kMemberJoin || key.kind == TimerKind::kMemberSync;
  if (!is_for_consumers) return;
  if (key.kind == TimerKind::kRevocation &&
      (member->current.state != MemberState::kUnrevokedPartitions || member->current.epoch < 0)) {
    return;
  }
  const ConsumerUpdateContext context = update_context(at, key.group);
  const std::array<std::string, 1> members = {key.member};
  // A group that cannot be made a classic one keeps the member, as in Apache Kafka, until it asks again.
  (void)fence(at, ConsumerUpdate(key.group, group, context), members, effects);
}

}  // namespace moldau::coordinator
