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
ConsumerUpdateContext GroupCoordinator::update_context(const Moment& at, std::string_view group) const {
  return {.at = at,
          .topics = store_.topics(),
          .settings = store_.config().consumer_settings_of(group),
          .newest_topic_version = store_.newest_topic_version()};
}

void GroupCoordinator::take(ConsumerUpdate update, Effects& effects) {
  std::ranges::move(update.timers(), std::back_inserter(effects.timers));
  if (update.records().empty()) return;
  std::ranges::move(update.records(), std::back_inserter(effects.records));
  if (ClassicGroup* upgraded = store_.classic(update.id())) release_members(*upgraded, effects);
  store_.groups().put(update.id(), {.type = GroupType::kConsumer,
                                    .classic = nullptr,
                                    .consumer = std::make_shared<const ConsumerGroup>(update.group())});
}

void GroupCoordinator::replay_consumer(const ConsumerRecord& record) {
  const GroupEntry* entry = store_.groups().find(record.group);
  const bool is_known = entry != nullptr && entry->consumer != nullptr;
  const bool is_end = is_tombstone(record.change);
  if (!is_known && is_end) return;
  if (is_end && std::holds_alternative<GroupEpochRecord>(record.change)) {
    store_.groups().erase(record.group);
    return;
  }
  // A group that only held offsets may have come before: it has no records of its own.
  auto group =
      is_known ? std::make_shared<ConsumerGroup>(*entry->consumer) : std::make_shared<ConsumerGroup>();
  group->apply(record.change);
  store_.groups().put(record.group,
                      {.type = GroupType::kConsumer, .classic = nullptr, .consumer = std::move(group)});
}

void GroupCoordinator::load_consumer_group(const Moment& at, const std::string& id,
                                           const ConsumerGroup& group, Effects& effects) const {
  const std::int32_t session_timeout_ms = store_.config().consumer_settings_of(id).session_timeout_ms;
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
  ConsumerUpdate update(std::string(group), *store_.consumer(group), context);
  update.remove_group();
  std::ranges::move(update.records(), std::back_inserter(effects.records));
  store_.groups().erase(std::string(group));
  store_.forget_metadata(update.id());
}

void GroupCoordinator::search_regexes(const Moment& at, const std::string& id, Effects& effects) {
  regex_searches_.erase(id);
  const auto* group = store_.consumer(id);
  if (group == nullptr || group->regexes().empty()) return;
  const ConsumerUpdateContext context = update_context(at, id);
  ConsumerUpdate update(id, *group, context);
  update.take_resolved_regexes();
  if (update.group().epoch() != group->epoch()) {
    store_.note_metadata(update.id(), update.group().epoch(), at.wall_ms);
  }
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
  const ConsumerGroup& group = *store_.consumer(key.group);
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
