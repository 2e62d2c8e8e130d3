#include "coordinator/assignor/task_processes.h"

namespace moldau::coordinator {

void TaskProcess::add_member(std::size_t member, std::string_view id) {
  members_.put(id, member);
  counts_[member] = 0;
}

std::int32_t TaskProcess::add(std::size_t member, const Task& task, bool is_active) {
  least_loaded_.reset();
  return give(member, task, is_active);
}

std::int32_t TaskProcess::add_to_least_loaded(const Task& task, bool is_active) {
  if (!least_loaded_) {
    least_loaded_.emplace(ByCount());
    members_.for_each(
        [this](std::string_view, std::size_t member) { least_loaded_->add({member, counts_.at(member)}); });
  }
  const std::size_t member = least_loaded_->poll()->first;
  const std::int32_t count = give(member, task, is_active);
  least_loaded_->add({member, count});
  return count;
}

std::int32_t TaskProcess::give(std::size_t member, const Task& task, bool is_active) {
  tasks_.push_back({.member = member, .task = task, .is_active = is_active});
  distinct_tasks_.insert(task);
  return ++counts_.at(member);
}

}  // namespace moldau::coordinator
