#include <string>
#include <utility>
#include <vector>

#include "coordinator/group/group_coordinator.h"
#include "coordinator/group/replies.h"

namespace moldau::coordinator {

ClassicGroup& GroupCoordinator::create_classic(std::string_view group, TimestampMs wall_ms) {
  auto created = std::make_shared<ClassicGroup>(std::string(group), wall_ms);
  ClassicGroup& reference = *created;
  store_.groups().put(std::string(group), {.type = GroupType::kClassic, .classic = std::move(created)});
  return reference;
}

void GroupCoordinator::take(Effects& effects, const Moment& at, std::int64_t producer_id,
                            OffsetRecord record) {
  effects.records.push_back(record.value ? offset_record(record.key, *record.value)
                                         : offset_tombstone(record.key));
  if (record.value) {
    record.value->record_offset = at.next_offset + static_cast<std::int64_t>(effects.records.size()) - 1;
  }
  store_.offsets().apply(producer_id, record.key, std::move(record.value));
}

Result<void> GroupCoordinator::replay(std::int64_t offset, std::int64_t producer_id, ByteView key,
                                      std::optional<ByteView> value, TimestampMs wall_ms) {
  auto record = decode_group_record(key, value);
  if (!record) return fail(std::move(record).error());
  if (auto* stored = std::get_if<OffsetRecord>(&*record)) {
    if (stored->value) {
      stored->value->record_offset = offset;
      // Offsets without a group around them make a simple group.
      if (!store_.exists(stored->key.group)) create_classic(stored->key.group, wall_ms);
    }
    store_.offsets().apply(producer_id, stored->key, std::move(stored->value));
  } else if (const auto* metadata = std::get_if<GroupMetadataRecord>(&*record)) {
    if (metadata->value) {
      auto group = std::make_shared<ClassicGroup>(metadata->group, *metadata->value);
      store_.groups().put(metadata->group, {.type = GroupType::kClassic, .classic = std::move(group)});
    } else {
      store_.groups().erase(metadata->group);
    }
  } else if (const auto* consumer = std::get_if<ConsumerRecord>(&*record)) {
    replay_consumer(*consumer);
  } else if (const auto* share = std::get_if<ShareGroupRecord>(&*record)) {
    share_groups().replay(*share, wall_ms);
  } else if (const auto* streams = std::get_if<StreamsGroupRecord>(&*record)) {
    streams_groups().replay(*streams);
  }
  return {};
}

Effects GroupCoordinator::loaded(const Moment& at) {
  Effects effects;
  std::vector<std::shared_ptr<ClassicGroup>> groups;
  store_.groups().visit_all(kLatest, [&](const std::string& id, const GroupEntry& entry) {
    if (entry.classic) groups.push_back(entry.classic);
    if (entry.consumer) load_consumer_group(at, id, *entry.consumer, effects);
    if (entry.share) share_groups().load(at, id, *entry.share, effects);
    if (entry.streams) streams_groups().load(at, id, *entry.streams, effects);
  });
  for (const auto& group : groups) {
    for (const auto& [id, member] : group->members())
      restart_session(effects, at, *group, member);
    // The limit may have been lowered since.
    if (group->members().size() > static_cast<std::size_t>(store_.config().max_size) &&
        group->can_rebalance()) {
      prepare_rebalance(at, *group, effects);
    }
  }
  set_timer(effects, at, TimerKind::kExpiry, {}, {}, store_.config().retention_check_interval_ms);
  return effects;
}

Effects GroupCoordinator::unloaded(const Moment& at) {
  Effects effects;
  store_.groups().visit_all(kLatest, [&](const std::string&, const GroupEntry& entry) {
    if (!entry.classic) return;
    ClassicGroup& group = *entry.classic;
    for (const auto& [id, unused] : group.members()) {
      ClassicMember& member = *group.find(id);
      fail_waiting_join(effects, member, id, ErrorCode::kNotCoordinator);
      if (member.sync) fail_sync(effects, *member.sync, ErrorCode::kNotCoordinator);
      member.sync.reset();
    }
    group.transition_to(ClassicState::kDead, at.wall_ms);
  });
  return effects;
}

}  // namespace moldau::coordinator
