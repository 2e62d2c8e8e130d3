#include "coordinator/streams_group/task_reconciliation.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace moldau::coordinator {
namespace {

bool contains(const std::set<std::int32_t>& partitions, std::int32_t partition) {
  return partitions.contains(partition);
}

bool contains(const std::map<std::int32_t, std::int32_t>& partitions, std::int32_t partition) {
  return partitions.contains(partition);
}

template <class BySubtopology>
bool has_task(const BySubtopology& tasks, const std::string& subtopology, std::int32_t partition) {
  const auto found = tasks.find(subtopology);
  return found != tasks.end() && contains(found->second, partition);
}

template <class BySubtopology>
bool are_all_in(const std::vector<NamedTasks>& named, const BySubtopology& tasks) {
  return std::ranges::all_of(named, [&](const NamedTasks& of_subtopology) {
    return tasks.contains(of_subtopology.subtopology) &&
           std::ranges::all_of(of_subtopology.partitions, [&](std::int32_t partition) {
             return has_task(tasks, of_subtopology.subtopology, partition);
           });
  });
}

template <class BySubtopology>
bool is_any_in(const std::vector<NamedTasks>& named, const BySubtopology& tasks) {
  return std::ranges::any_of(named, [&](const NamedTasks& of_subtopology) {
    return std::ranges::any_of(of_subtopology.partitions, [&](std::int32_t partition) {
      return has_task(tasks, of_subtopology.subtopology, partition);
    });
  });
}

/// Whether the member may still have one of the tasks.
bool may_own_any(const OwnedTasks* owned, const AssignedTasks& tasks) {
  return owned == nullptr || is_any_in(owned->active, tasks.active) ||
         is_any_in(owned->standby, tasks.standby) || is_any_in(owned->warmup, tasks.warmup);
}

bool names_twice(const std::vector<NamedTasks>& named) {
  std::set<std::string_view> subtopologies;
  return !std::ranges::all_of(named, [&](const NamedTasks& of_subtopology) {
    return subtopologies.insert(of_subtopology.subtopology).second;
  });
}

void keep(TaskSets& tasks, const std::string& subtopology, std::int32_t partition, std::int32_t /*epoch*/) {
  tasks[subtopology].insert(partition);
}

void keep(TaskEpochs& tasks, const std::string& subtopology, std::int32_t partition, std::int32_t epoch) {
  tasks[subtopology].insert_or_assign(partition, epoch);
}

/// A member's tasks of all kinds, sorted into those that it keeps, gives back and may take.
class Difference {
 public:
  Difference(const TaskOwners& owners, const StreamsMember& member, const TasksTarget& target)
      : owners_(owners), process_(member.metadata.process_id), target_epoch_(target.epoch) {
    const AssignedTasks& has = member.current.assigned;
    split(has.active, target.tasks.active, &AssignedTasks::active, true);
    split(has.standby, target.tasks.standby, &AssignedTasks::standby, false);
    split(has.warmup, target.tasks.warmup, &AssignedTasks::warmup, false);
  }

  /// The next assignment of a member that is at `epoch`.
  StreamsAssignment next(std::int32_t epoch, const StreamsAssignment& current, const OwnedTasks* owned) {
    StreamsAssignment next{.previous_epoch = current.epoch};
    if (!revoked_.empty() && may_own_any(owned, revoked_)) {
      next.epoch = epoch;
      next.state = StreamsMemberState::kUnrevokedTasks;
      next.assigned = std::move(kept_);
      next.pending_revocation = std::move(revoked_);
      return next;
    }
    take_all(free_.active, &AssignedTasks::active);
    take_all(free_.standby, &AssignedTasks::standby);
    take_all(free_.warmup, &AssignedTasks::warmup);
    next.epoch = target_epoch_;
    next.state = waits_ ? StreamsMemberState::kUnreleasedTasks : StreamsMemberState::kStable;
    next.assigned = std::move(kept_);
    return next;
  }

 private:
  template <class BySubtopology>
  void split(const BySubtopology& has, const TaskSets& wanted, BySubtopology AssignedTasks::* kind,
             bool is_active) {
    for (const auto& [subtopology, partitions] : has) {
      for (const auto& entry : partitions) {
        const auto [partition, epoch] = with_epoch(entry);
        AssignedTasks& to = has_task(wanted, subtopology, partition) ? kept_ : revoked_;
        keep(to.*kind, subtopology, partition, epoch);
      }
    }
    for (const auto& [subtopology, partitions] : wanted) {
      for (const std::int32_t partition : partitions) {
        if (has_task(has, subtopology, partition)) continue;
        if (is_held(subtopology, partition, is_active)) {
          waits_ = true;
        } else {
          keep(free_.*kind, subtopology, partition, target_epoch_);
        }
      }
    }
  }

  /// A client has a task in one form at a time, and an active task has one client.
  bool is_held(const std::string& subtopology, std::int32_t partition, bool is_active) const {
    const std::string* owner = owners_.active(subtopology, partition);
    return (owner != nullptr && (is_active || *owner == process_)) ||
           owners_.has_copy(process_, subtopology, partition);
  }

  template <class BySubtopology>
  void take_all(const BySubtopology& tasks, BySubtopology AssignedTasks::* kind) {
    for (const auto& [subtopology, partitions] : tasks) {
      for (const auto& entry : partitions) {
        const auto [partition, epoch] = with_epoch(entry);
        keep(kept_.*kind, subtopology, partition, epoch);
      }
    }
  }

  static std::pair<std::int32_t, std::int32_t> with_epoch(std::int32_t partition) { return {partition, 0}; }
  static std::pair<std::int32_t, std::int32_t> with_epoch(
      const std::pair<const std::int32_t, std::int32_t>& entry) {
    return entry;
  }

  const TaskOwners& owners_;
  const std::string& process_;
  std::int32_t target_epoch_;
  AssignedTasks kept_;
  AssignedTasks revoked_;
  AssignedTasks free_;
  bool waits_ = false;
};

}  // namespace

bool owns_only(const OwnedTasks& owned, const AssignedTasks& assigned) {
  return are_all_in(owned.active, assigned.active) && are_all_in(owned.standby, assigned.standby) &&
         are_all_in(owned.warmup, assigned.warmup);
}

Result<StreamsAssignment> reconcile(const TaskOwners& owners, const StreamsMember& member,
                                    const TasksTarget& target, const OwnedTasks* owned) {
  if (owned != nullptr &&
      (names_twice(owned->active) || names_twice(owned->standby) || names_twice(owned->warmup)))
    return fail(ErrorCode::kUnknownServerError, "The member names a subtopology twice");
  const StreamsAssignment& current = member.current;
  Difference difference(owners, member, target);
  switch (current.state) {
    case StreamsMemberState::kStable:
      return current.epoch == target.epoch ? current : difference.next(current.epoch, current, owned);
    case StreamsMemberState::kUnrevokedTasks:
      if (may_own_any(owned, current.pending_revocation)) return current;
      return difference.next(current.epoch + 1, current, owned);
    case StreamsMemberState::kUnreleasedTasks:
      return difference.next(current.epoch, current, owned);
    case StreamsMemberState::kUnknown:
      if (owned == nullptr || !owned->active.empty() || !owned->standby.empty() || !owned->warmup.empty()) {
        return fail(ErrorCode::kFencedMemberEpoch,
                    "The streams group member is in a unknown state. The member must abandon all its tasks "
                    "and rejoin.");
      }
      return difference.next(target.epoch, current, owned);
  }
  return current;
}

}  // namespace moldau::coordinator
