#include <string>
#include <utility>
#include <vector>

#include "coordinator/group/group_coordinator.h"
#include "coordinator/group/replies.h"

namespace moldau::coordinator {

const ClassicGroup* GroupCoordinator::find_classic(std::string_view group) const {
  const GroupEntry* entry = groups_.find(group);
  return entry == nullptr ? nullptr : entry->classic.get();
}

ClassicGroup* GroupCoordinator::classic(std::string_view group) {
  const GroupEntry* entry = groups_.find(group);
  return entry == nullptr ? nullptr : entry->classic.get();
}

ClassicGroup& GroupCoordinator::create_classic(std::string_view group, TimestampMs wall_ms) {
  auto created = std::make_shared<ClassicGroup>(std::string(group), wall_ms);
  ClassicGroup& reference = *created;
  groups_.put(std::string(group), {.type = GroupType::kClassic, .classic = std::move(created)});
  return reference;
}

void GroupCoordinator::take(Effects& effects, const Moment& at, std::int64_t producer_id,
                            OffsetRecord record) {
  effects.records.push_back(record.value ? offset_record(record.key, *record.value)
                                         : offset_tombstone(record.key));
  if (record.value) {
    record.value->record_offset = at.next_offset + static_cast<std::int64_t>(effects.records.size()) - 1;
  }
  offsets_.apply(producer_id, record.key, std::move(record.value));
}

Result<void> GroupCoordinator::replay(std::int64_t offset, std::int64_t producer_id, ByteView key,
                                      std::optional<ByteView> value, TimestampMs wall_ms) {
  auto record = decode_group_record(key, value);
  if (!record) return fail(std::move(record).error());
  if (auto* stored = std::get_if<OffsetRecord>(&*record)) {
    if (stored->value) {
      stored->value->record_offset = offset;
      // Offsets without a group around them make a simple group.
      if (!exists(stored->key.group)) create_classic(stored->key.group, wall_ms);
    }
    offsets_.apply(producer_id, stored->key, std::move(stored->value));
  } else if (const auto* metadata = std::get_if<GroupMetadataRecord>(&*record)) {
    if (metadata->value) {
      auto group = std::make_shared<ClassicGroup>(metadata->group, *metadata->value);
      groups_.put(metadata->group, {.type = GroupType::kClassic, .classic = std::move(group)});
    } else {
      groups_.erase(metadata->group);
    }
  } else if (const auto* consumer = std::get_if<ConsumerRecord>(&*record)) {
    replay_consumer(*consumer);
  } else if (const auto* foreign = std::get_if<ForeignGroupRecord>(&*record)) {
    const GroupEntry* entry = groups_.find(foreign->group);
    if (foreign->exists) {
      groups_.put(foreign->group, {.type = foreign->type, .classic = nullptr});
    } else if (entry != nullptr && entry->type == foreign->type) {
      groups_.erase(foreign->group);
    }
  }
  return {};
}

Effects GroupCoordinator::loaded(const Moment& at) {
  Effects effects;
  std::vector<std::shared_ptr<ClassicGroup>> groups;
  groups_.visit_all(kLatest, [&](const std::string& id, const GroupEntry& entry) {
    if (entry.classic) groups.push_back(entry.classic);
    if (entry.consumer) load_consumer_group(at, id, *entry.consumer, effects);
  });
  for (const auto& group : groups) {
    for (const auto& [id, member] : group->members())
      restart_session(effects, at, *group, member);
    // The limit may have been lowered since.
    if (group->members().size() > static_cast<std::size_t>(config_.max_size) && group->can_rebalance()) {
      prepare_rebalance(at, *group, effects);
    }
  }
  set_timer(effects, at, TimerKind::kExpiry, {}, {}, config_.retention_check_interval_ms);
  return effects;
}

Effects GroupCoordinator::unloaded(const Moment& at) {
  Effects effects;
  groups_.visit_all(kLatest, [&](const std::string&, const GroupEntry& entry) {
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
