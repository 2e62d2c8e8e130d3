#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "coordinator/assignor/java_hash_map.h"
#include "coordinator/assignor/java_priority_queue.h"
#include "coordinator/assignor/java_text_order.h"
#include "coordinator/assignor/task_assignor.h"

namespace moldau::coordinator {

/// A task that is to be assigned. Its subtopology's id belongs to the spec.
struct Task {
  std::string_view subtopology;
  std::int32_t partition = 0;

  bool operator==(const Task&) const = default;
};

/// By subtopology, then by partition.
struct TaskLess {
  bool operator()(const Task& one, const Task& other) const {
    if (one.subtopology != other.subtopology) return is_before_in_java(one.subtopology, other.subtopology);
    return one.partition < other.partition;
  }
};

/// A client with its members, and the tasks that they are given.
class TaskProcess {
 public:
  /// A member by its place in the spec.
  void add_member(std::size_t member, std::string_view id);

  /// Tasks for each member.
  double load() const { return static_cast<double>(tasks_.size()) / static_cast<double>(members_.size()); }
  std::int32_t task_count(std::size_t member) const { return counts_.at(member); }
  bool has(const Task& task) const { return distinct_tasks_.contains(task); }

  /// Gives the task to a member; how many it has then.
  std::int32_t add(std::size_t member, const Task& task, bool is_active);
  /// Gives the task to the member that has the fewest.
  std::int32_t add_to_least_loaded(const Task& task, bool is_active);

  struct Given {
    std::size_t member = 0;
    Task task = {};
    bool is_active = false;
  };
  const std::vector<Given>& given() const { return tasks_; }

 private:
  struct ByCount {
    bool operator()(const std::pair<std::size_t, std::int32_t>& one,
                    const std::pair<std::size_t, std::int32_t>& other) const {
      return one.second < other.second;
    }
  };
  using LeastLoaded = JavaPriorityQueue<std::pair<std::size_t, std::int32_t>, ByCount>;

  std::int32_t give(std::size_t member, const Task& task, bool is_active);

  JavaHashMap<std::string_view, std::size_t> members_;
  std::map<std::size_t, std::int32_t> counts_;
  std::vector<Given> tasks_;
  std::set<Task, TaskLess> distinct_tasks_;
  std::optional<LeastLoaded> least_loaded_;
};

}  // namespace moldau::coordinator
