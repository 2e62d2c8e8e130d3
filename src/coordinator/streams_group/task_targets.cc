#include "coordinator/streams_group/task_targets.h"

#include <string_view>

#include "coordinator/assignor/member_order.h"
#include "coordinator/consumer/target_assignment.h"

namespace moldau::coordinator {
namespace {

/// Members in the order in which Apache Kafka would walk them had they joined in the order of their ids, but
/// the newcomer last.
std::vector<std::string_view> in_order(const StreamsGroup& group, const std::string* newcomer) {
  std::vector<std::string_view> joined;
  for (const auto& [id, member] : group.members()) {
    if (newcomer == nullptr || id != *newcomer) joined.push_back(id);
  }
  if (newcomer == nullptr && joined.empty()) return {};
  const std::string_view updated = newcomer == nullptr ? joined.front() : std::string_view(*newcomer);
  return member_order({.joined = joined, .most_members = joined.size()}, updated, std::nullopt);
}

}  // namespace

Result<TaskTargets> compute_task_targets(const StreamsGroup& group, const ConfiguredTopology& topology,
                                         std::int32_t standby_replicas, const std::string* newcomer) {
  TaskTargets targets;
  TaskGroupSpec spec{.members = {}, .subtopologies = {}, .standby_replicas = standby_replicas};
  for (const std::string_view id : in_order(group, newcomer)) {
    targets.emplace_back(id, Tasks());
    spec.members.push_back(
        {.id = id, .process_id = group.find(id)->metadata.process_id, .assigned = &group.target(id)});
  }
  if (!topology.is_ready()) return targets;
  for (const auto& [id, subtopology] : *topology.subtopologies) {
    spec.subtopologies.push_back({.id = id,
                                  .task_count = subtopology.task_count,
                                  .is_stateful = !subtopology.state_changelog_topics.empty()});
  }
  auto assigned = assign_sticky_tasks(spec);
  if (!assigned) return fail(target_failure(group.epoch(), assigned.error().message));
  for (std::size_t i = 0; i < targets.size(); ++i)
    targets[i].second = std::move((*assigned)[i]);
  return targets;
}

}  // namespace moldau::coordinator
