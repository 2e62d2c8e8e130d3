#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "coordinator/assignor/java_text_order.h"

namespace moldau::coordinator {

/// Partitions of subtopologies, by subtopology id. A subtopology and a partition are a task (KIP-1071).
using TaskSets = std::map<std::string, std::set<std::int32_t>, JavaTextLess>;

/// Tasks of a member or for it. Standby tasks keep copies of the state of active ones. No assignor gives
/// warm-up tasks yet.
struct Tasks {
  TaskSets active = {};
  TaskSets standby = {};
  TaskSets warmup = {};

  bool empty() const { return active.empty() && standby.empty() && warmup.empty(); }
  bool operator==(const Tasks&) const = default;
};

/// One member as a task assignor sees it. All of it belongs to the caller and outlives the call.
struct TaskMemberSpec {
  std::string_view id;
  /// The client that the member is a thread of.
  std::string_view process_id;
  /// Its target until now; never nullptr.
  const Tasks* assigned = nullptr;
};

/// A part of the topology that has tasks of its own.
struct SubtopologySpec {
  std::string_view id;
  std::int32_t task_count = 0;
  bool is_stateful = false;
};

/// A streams group for which a target is to be found.
struct TaskGroupSpec {
  /// In the order of member_order (member_order.h).
  std::vector<TaskMemberSpec> members;
  /// By id, in Java's order of texts.
  std::vector<SubtopologySpec> subtopologies;
  std::int32_t standby_replicas = 0;
};

/// "sticky": each task to a member that has had it, or a copy of its state, as far as that keeps the members'
/// loads even; else to a thread of the client with the least load. Copies go to other clients than the task.
/// Equal to Apache Kafka 4.3.1's StickyTaskAssignor, as far as assignors are (assignor.h). One for each
/// member, in the spec's order. UNKNOWN_SERVER_ERROR where there are tasks but no members.
Result<std::vector<Tasks>> assign_sticky_tasks(const TaskGroupSpec& spec);

}  // namespace moldau::coordinator
