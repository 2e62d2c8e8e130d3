#include "tests/sim/groups/coordinator_images.h"

#include "runtime/group_table.h"
#include "tests/sim/coordinator_log_records.h"

namespace moldau::sim {
namespace {

using coordinator::ClassicGroup;
using coordinator::ClassicState;
using coordinator::GroupCoordinator;
using coordinator::GroupType;

ClassicImage classic_image(const ClassicGroup& group) {
  ClassicImage image{.state = group.state(),
                     .generation = group.generation(),
                     .protocol_type = group.protocol_type(),
                     .protocol_name = group.protocol_name(),
                     .leader = group.leader(),
                     .members = {},
                     .assignments = group.assignments()};
  for (const auto& [id, member] : group.members()) {
    image.members.emplace(
        id, ClassicMemberImage{.instance_id = member.instance_id,
                               .client_id = member.client_id,
                               .client_host = member.client_host,
                               .session_timeout_ms = member.session_timeout_ms,
                               .rebalance_timeout_ms = member.rebalance_timeout_ms,
                               .metadata = std::string(member.metadata(group.protocol_name().value_or("")))});
  }
  return image;
}

/// Plays GroupPartition while it loads.
Result<void> replay_record(GroupCoordinator& coordinator, const records::BatchView& batch,
                           const records::RecordView& record) {
  if (batch.is_control()) {
    const auto type = records::parse_control_key(record.key.value_or(ByteView()));
    if (!type) return fail(type.error());
    const bool is_commit = *type == records::ControlType::kCommit;
    if (is_commit || *type == records::ControlType::kAbort) {
      coordinator.replay_end_transaction(batch.producer_id(), is_commit);
    }
    return {};
  }
  if (!record.key) return {};
  const std::int64_t producer_id = batch.is_transactional() ? batch.producer_id() : -1;
  return coordinator.replay(record.offset, producer_id, *record.key, record.value, record.timestamp_ms);
}

bool is_steady(const ClassicImage& group) {
  return group.state == ClassicState::kStable || group.state == ClassicState::kEmpty;
}

template <class Group>
bool is_same(const std::shared_ptr<const Group>& one, const std::shared_ptr<const Group>& other) {
  return one == other || (one && other && *one == *other);
}

std::string difference(const GroupImage& live, const GroupImage& read_back) {
  if (live.type != read_back.type) {
    return "is a " + std::string(type_name(live.type)) + " group, its log has a " +
           std::string(type_name(read_back.type)) + " group";
  }
  if (live.type == GroupType::kClassic && is_steady(live.classic) && live.classic != read_back.classic) {
    return "has generation " + std::to_string(live.classic.generation) + ", " +
           std::string(state_name(live.classic.state)) + ", " + std::to_string(live.classic.members.size()) +
           " members; its log has generation " + std::to_string(read_back.classic.generation) + ", " +
           std::string(state_name(read_back.classic.state)) + ", " +
           std::to_string(read_back.classic.members.size()) + " members";
  }
  if (!is_same(live.consumer, read_back.consumer)) return "is another consumer group in its log";
  if (!is_same(live.share, read_back.share)) return "is another share group in its log";
  if (!is_same(live.streams, read_back.streams)) return "is another streams group in its log";
  return {};
}

std::string name_of(const coordinator::OffsetKey& key) {
  return key.group + ", " + key.topic + "-" + std::to_string(key.partition);
}

}  // namespace

CoordinatorImage image_of(const GroupCoordinator& coordinator, std::int64_t log_end) {
  CoordinatorImage image{.log_end = log_end, .groups = {}, .offsets = {}, .open_offsets = {}};
  coordinator.store().groups().visit_all(coordinator::kLatest, [&](const std::string& id, const auto& entry) {
    GroupImage group{
        .type = entry.type, .consumer = entry.consumer, .share = entry.share, .streams = entry.streams};
    if (entry.classic) group.classic = classic_image(*entry.classic);
    image.groups.emplace(id, std::move(group));
  });
  coordinator.store().offsets().visit_all(
      coordinator::kLatest, [&](const auto& key, const auto& stored) { image.offsets.emplace(key, stored); });
  coordinator.store().offsets().visit_all_open(
      [&](const auto& key, const auto& stored) { image.open_offsets.emplace_back(key, stored); });
  return image;
}

Result<CoordinatorImage> replayed(log::PartitionLog& log, const coordinator::GroupCoordinatorConfig& config,
                                  std::int64_t log_end, std::int64_t without) {
  GroupCoordinator fresh(config);
  const auto visited =
      visit_records(log, log_end, [&](const records::BatchView& batch, const records::RecordView& record) {
        return record.offset == without ? Result<void>() : replay_record(fresh, batch, record);
      });
  if (!visited) return fail(visited.error());
  return image_of(fresh, log_end);
}

std::string difference(const CoordinatorImage& live, const CoordinatorImage& read_back) {
  for (const auto& [id, group] : live.groups) {
    const auto again = read_back.groups.find(id);
    if (again == read_back.groups.end()) return "group " + id + " is not in its log";
    if (const auto what = difference(group, again->second); !what.empty())
      return std::string("group ").append(id).append(" ").append(what);
  }
  for (const auto& [id, group] : read_back.groups) {
    if (!live.groups.contains(id)) return "group " + id + " is in the log alone";
  }
  for (const auto& [key, stored] : live.offsets) {
    const auto again = read_back.offsets.find(key);
    if (again == read_back.offsets.end()) return "the offset of " + name_of(key) + " is not in the log";
    if (again->second != stored) return "the offset of " + name_of(key) + " is another one in the log";
  }
  if (live.offsets.size() != read_back.offsets.size()) return "an offset is in the log alone";
  if (live.open_offsets != read_back.open_offsets)
    return "offsets of open transactions are others in the log";
  return {};
}

std::vector<LedCoordinator<runtime::GroupPartition>> NodeCoordinators::led() {
  return led_coordinators<runtime::GroupPartition>(
      node_, runtime::kOffsetsTopic,
      [](runtime::Node& node, runtime::ShardId shard) -> auto& { return node.groups(shard); });
}

bool NodeCoordinators::are_loaded(std::int32_t partitions) {
  return sim::are_loaded(led(), partitions);
}

CoordinatorImages NodeCoordinators::live() {
  return images_of<CoordinatorImage>(led(), [](const runtime::GroupPartition& groups, std::int64_t log_end) {
    return image_of(groups.state(), log_end);
  });
}

std::string NodeCoordinators::difference_to(const CoordinatorImages& then) {
  return sim::difference_to_logs(
      led(), then, [](const runtime::GroupPartition& groups, log::PartitionLog& log, std::int64_t log_end) {
        return replayed(log, groups.state().store().config(), log_end);
      });
}

Result<std::pair<int, int>> NodeCoordinators::notice_missing_records() {
  std::pair<int, int> noticed;
  for (const auto& one : led()) {
    log::PartitionLog& log = one.log->log();
    const CoordinatorImage image = image_of(one.coordinator->state(), log.log_end_offset());
    for (std::int64_t offset = 0; offset < image.log_end; ++offset) {
      const auto again = replayed(log, one.coordinator->state().store().config(), image.log_end, offset);
      if (!again) return fail(again.error());
      noticed.first += difference(image, *again).empty() ? 0 : 1;
      ++noticed.second;
    }
  }
  return noticed;
}

}  // namespace moldau::sim
