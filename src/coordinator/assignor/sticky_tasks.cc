#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "base/assert.h"
#include "coordinator/assignor/java_hash_map.h"
#include "coordinator/assignor/java_priority_queue.h"
#include "coordinator/assignor/task_assignor.h"
#include "coordinator/assignor/task_processes.h"

namespace moldau::coordinator {
namespace {

bool is_earlier_partition(const Task& one, const Task& other) {
  return one.partition != other.partition ? one.partition < other.partition : TaskLess{}(one, other);
}

/// How many tasks a member gets at most, while so many members have not got that many.
class Quota {
 public:
  Quota(std::int64_t tasks, std::size_t members)
      : tasks_(tasks), members_(static_cast<std::int64_t>(members)) {}

  /// Both numbers may fall below 0, where members get more than they were counted with.
  std::int64_t per_member() const {
    if (members_ == 0) return 0;
    return tasks_ / members_ + (tasks_ % members_ > 0 ? 1 : 0);
  }

  /// A member has got so many.
  void note(std::int64_t count) {
    if (count != per_member()) return;
    --members_;
    tasks_ -= count;
  }

 private:
  std::int64_t tasks_;
  std::int64_t members_;
};

struct LeastLoad {
  bool operator()(const TaskProcess* one, const TaskProcess* other) const {
    return one->load() < other->load();
  }
};
using ProcessesByLoad = JavaPriorityQueue<TaskProcess*, LeastLoad>;

/// The tasks of a topology.
struct TaskTotals {
  explicit TaskTotals(const TaskGroupSpec& spec) {
    for (const SubtopologySpec& subtopology : spec.subtopologies) {
      active += subtopology.task_count;
      if (subtopology.is_stateful) standby += std::int64_t{subtopology.task_count} * spec.standby_replicas;
    }
  }

  std::int64_t active = 0;
  std::int64_t standby = 0;
};

class StickyTaskAssignment {
 public:
  StickyTaskAssignment(const TaskGroupSpec& spec, TaskTotals totals)
      : spec_(spec),
        processes_(spec.members.size()),
        active_quota_(totals.active, spec.members.size()),
        quota_(totals.active + totals.standby, spec.members.size()) {
    for (std::size_t i = 0; i < spec.members.size(); ++i)
      add_member(i);
  }

  void assign_active() {
    std::vector<Task> tasks = this->tasks(false);
    // Tasks of one partition read partitions that belong together: who has some of them gets the rest.
    std::ranges::sort(tasks, is_earlier_partition);
    std::erase_if(tasks, [&](const Task& task) { return give_back(task, former_active(task)); });
    std::erase_if(tasks,
                  [&](const Task& task) { return give_back(task, least_loaded_standby(task, false)); });
    std::ranges::sort(tasks, TaskLess());
    ProcessesByLoad by_load = processes_by_load();
    for (const Task& task : tasks) {
      TaskProcess* process = *by_load.poll();
      note_active(process->add_to_least_loaded(task, true));
      by_load.add(process);
    }
  }

  void assign_standby() {
    std::vector<Task> tasks = this->tasks(true);
    std::ranges::sort(tasks,
                      [](const Task& one, const Task& other) { return is_earlier_partition(other, one); });
    struct Missing {
      Task task;
      std::int32_t copies;
    };
    std::vector<Missing> missing;
    for (const Task& task : tasks) {
      for (std::int32_t copies = spec_.standby_replicas; copies > 0; --copies) {
        if (keep_copy(task)) continue;
        missing.push_back({.task = task, .copies = copies});
        break;
      }
    }
    std::ranges::sort(
        missing, [](const Missing& one, const Missing& other) { return TaskLess{}(other.task, one.task); });
    ProcessesByLoad by_load = processes_by_load();
    for (const auto& [task, copies] : missing) {
      for (std::int32_t i = 0; i < copies; ++i) {
        // Without a client that has no copy yet there are fewer copies.
        if (!copy_to_least_loaded(by_load, task)) break;
      }
    }
  }

  std::vector<Tasks> take() {
    std::vector<Tasks> assigned(spec_.members.size());
    processes_.for_each([&](std::string_view, const std::unique_ptr<TaskProcess>& process) {
      for (const auto& [member, task, is_active] : process->given()) {
        TaskSets& sets = is_active ? assigned[member].active : assigned[member].standby;
        sets[std::string(task.subtopology)].insert(task.partition);
      }
    });
    return assigned;
  }

 private:
  void add_member(std::size_t member) {
    const TaskMemberSpec& spec = spec_.members[member];
    if (!processes_.contains(spec.process_id))
      processes_.put(spec.process_id, std::make_unique<TaskProcess>());
    TaskProcess* process = processes_.find(spec.process_id)->get();
    process->add_member(member, spec.id);
    process_of_.push_back(process);
    for (const auto& [subtopology, partitions] : spec.assigned->active) {
      for (const std::int32_t partition : partitions)
        former_active_.insert_or_assign(Task{subtopology, partition}, member);
    }
    for (const auto& [subtopology, partitions] : spec.assigned->standby) {
      for (const std::int32_t partition : partitions)
        former_standby_[Task{subtopology, partition}].push_back(member);
    }
  }

  std::vector<Task> tasks(bool only_stateful) const {
    std::vector<Task> tasks;
    for (const SubtopologySpec& subtopology : spec_.subtopologies) {
      if (only_stateful && !subtopology.is_stateful) continue;
      for (std::int32_t partition = 0; partition < subtopology.task_count; ++partition)
        tasks.push_back({.subtopology = subtopology.id, .partition = partition});
    }
    return tasks;
  }

  std::optional<std::size_t> former_active(const Task& task) const {
    const auto found = former_active_.find(task);
    return found == former_active_.end() ? std::nullopt : std::optional(found->second);
  }

  /// Of the members that had a copy the one with the least load; nullopt where there is none, or where the
  /// client that the search began with has the task: Apache Kafka asks that one, whomever it found.
  std::optional<std::size_t> least_loaded_standby(const Task& task, bool without_task) const {
    const auto found = former_standby_.find(task);
    if (found == former_standby_.end()) return std::nullopt;
    const std::vector<std::size_t>& members = found->second;
    std::size_t least = members.front();
    double load = process_of_[least]->load();
    for (const std::size_t member : members) {
      const TaskProcess& process = *process_of_[member];
      if (process.load() >= load || (without_task && process.has(task))) continue;
      if (process.task_count(member) >= task_count(least)) continue;
      load = process.load();
      least = member;
    }
    if (without_task && process_of_[members.front()]->has(task)) return std::nullopt;
    return least;
  }

  bool give_back(const Task& task, std::optional<std::size_t> member) {
    if (!member || task_count(*member) >= active_quota_.per_member()) return false;
    note_active(process_of_[*member]->add(*member, task, true));
    return true;
  }

  /// A copy to a member that had the task or a copy of it.
  bool keep_copy(const Task& task) {
    const auto active = former_active(task);
    if (active && !process_of_[*active]->has(task) && add_copy(*active, task)) return true;
    const auto standby = least_loaded_standby(task, true);
    return standby && add_copy(*standby, task);
  }

  bool add_copy(std::size_t member, const Task& task) {
    if (task_count(member) >= quota_.per_member()) return false;
    quota_.note(process_of_[member]->add(member, task, false));
    return true;
  }

  bool copy_to_least_loaded(ProcessesByLoad& by_load, const Task& task) {
    std::vector<TaskProcess*> have_it;
    bool is_found = false;
    while (!is_found) {
      const auto process = by_load.poll();
      if (!process) break;
      have_it.push_back(*process);
      if ((*process)->has(task)) continue;
      quota_.note((*process)->add_to_least_loaded(task, false));
      is_found = true;
    }
    // The one that was looked at last is back first.
    for (auto process = have_it.rbegin(); process != have_it.rend(); ++process)
      by_load.add(*process);
    return is_found;
  }

  void note_active(std::int32_t count) {
    active_quota_.note(count);
    quota_.note(count);
  }

  std::int64_t task_count(std::size_t member) const { return process_of_[member]->task_count(member); }

  ProcessesByLoad processes_by_load() {
    ProcessesByLoad by_load{LeastLoad()};
    processes_.for_each(
        [&](std::string_view, const std::unique_ptr<TaskProcess>& process) { by_load.add(process.get()); });
    return by_load;
  }

  const TaskGroupSpec& spec_;
  JavaHashMap<std::string_view, std::unique_ptr<TaskProcess>> processes_;
  std::vector<TaskProcess*> process_of_;  ///< by member
  std::map<Task, std::size_t, TaskLess> former_active_;
  std::map<Task, std::vector<std::size_t>, TaskLess> former_standby_;
  Quota active_quota_;
  Quota quota_;
};

}  // namespace

Result<std::vector<Tasks>> assign_sticky_tasks(const TaskGroupSpec& spec) {
  const TaskTotals totals(spec);
  if (spec.members.empty() && totals.active > 0)
    return fail(ErrorCode::kUnknownServerError, "No process available to assign active tasks.");
  StickyTaskAssignment assignment(spec, totals);
  assignment.assign_active();
  if (spec.standby_replicas > 0) assignment.assign_standby();
  return assignment.take();
}

}  // namespace moldau::coordinator
