#include "coordinator/streams_group/streams_group.h"

#include <algorithm>

namespace moldau::coordinator {
namespace {

/// Calls visit(subtopology, partition) for each task.
template <class Visit>
void for_each_task(const TaskSets& tasks, Visit visit) {
  for (const auto& [subtopology, partitions] : tasks) {
    for (const std::int32_t partition : partitions)
      visit(subtopology, partition);
  }
}

template <class Visit>
void for_each_task(const TaskEpochs& tasks, Visit visit) {
  for (const auto& [subtopology, partitions] : tasks) {
    for (const auto& [partition, epoch] : partitions)
      visit(subtopology, partition);
  }
}

}  // namespace

std::string_view state_name(StreamsGroupState state) {
  switch (state) {
    case StreamsGroupState::kEmpty:
      return "Empty";
    case StreamsGroupState::kNotReady:
      return "NotReady";
    case StreamsGroupState::kAssigning:
      return "Assigning";
    case StreamsGroupState::kReconciling:
      return "Reconciling";
    case StreamsGroupState::kStable:
      return "Stable";
  }
  return {};
}

const std::string* TaskOwners::active(const std::string& subtopology, std::int32_t partition) const {
  return active_.find(ActiveTask(subtopology, partition));
}

bool TaskOwners::has_copy(const std::string& process, const std::string& subtopology,
                          std::int32_t partition) const {
  const Copy copy(subtopology, partition, process);
  return standby_.contains(copy) || warmup_.contains(copy);
}

void TaskOwners::add(const AssignedTasks& tasks, const std::string& process) {
  for_each_task(tasks.active, [&](const std::string& subtopology, std::int32_t partition) {
    active_ = active_.with(ActiveTask(subtopology, partition), process);
  });
  for (const auto [sets, copies] :
       {std::pair(&tasks.standby, &standby_), std::pair(&tasks.warmup, &warmup_)}) {
    for_each_task(*sets, [&](const std::string& subtopology, std::int32_t partition) {
      *copies = copies->with(Copy(subtopology, partition, process), {});
    });
  }
}

void TaskOwners::remove(const AssignedTasks& tasks, const std::string& process) {
  for_each_task(tasks.active, [&](const std::string& subtopology, std::int32_t partition) {
    const ActiveTask task(subtopology, partition);
    const std::string* owner = active_.find(task);
    if (owner != nullptr && *owner == process) active_ = active_.without(task);
  });
  for (const auto [sets, copies] :
       {std::pair(&tasks.standby, &standby_), std::pair(&tasks.warmup, &warmup_)}) {
    for_each_task(*sets, [&](const std::string& subtopology, std::int32_t partition) {
      *copies = copies->without(Copy(subtopology, partition, process));
    });
  }
}

bool StreamsGroup::is_subscribed_to(std::string_view topic) const {
  return !is_empty() && topology_ != nullptr && reader_of(*topology_, topic) != nullptr;
}

bool StreamsGroup::requires_topic(std::string_view topic) const {
  return topology_ != nullptr && required_topics(*topology_).contains(topic);
}

const Tasks& StreamsGroup::target(std::string_view member) const {
  static const Tasks kNone;
  const Tasks* found = find_shared(targets_, member);
  return found == nullptr ? kNone : *found;
}

StreamsGroupState StreamsGroup::state() const {
  if (members_.empty()) return StreamsGroupState::kEmpty;
  if (topology_ == nullptr || topology_->epoch != epoch_.validated_topology_epoch)
    return StreamsGroupState::kNotReady;
  if (epoch_.epoch > target_epoch_.epoch) return StreamsGroupState::kAssigning;
  const bool all_reconciled = std::ranges::all_of(
      members_, [&](const auto& one) { return one.second->current.is_reconciled_to(target_epoch_.epoch); });
  return all_reconciled ? StreamsGroupState::kStable : StreamsGroupState::kReconciling;
}

bool StreamsGroup::operator==(const StreamsGroup& other) const {
  const bool same_topologies = (topology_ == nullptr) == (other.topology_ == nullptr) &&
                               (topology_ == nullptr || *topology_ == *other.topology_);
  return epoch_ == other.epoch_ && target_epoch_ == other.target_epoch_ && same_topologies &&
         owners_ == other.owners_ && same_values(members_, other.members_) &&
         same_values(targets_, other.targets_);
}

void StreamsGroup::apply(const StreamsGroupChange& change) {
  std::visit([this](const auto& record) { apply_one(record); }, change);
}

void StreamsGroup::apply_one(const StreamsEpochRecord& record) {
  if (record.value) epoch_ = *record.value;
}

void StreamsGroup::apply_one(const StreamsMemberRecord& record) {
  const StreamsMember* known = find(record.member);
  if (record.value) {
    StreamsMember member = known == nullptr ? StreamsMember{.id = record.member} : *known;
    member.metadata = *record.value;
    put_member(std::move(member));
  } else if (known != nullptr) {
    forget_tasks(*known);
    members_ = members_.without(record.member);
  }
}

void StreamsGroup::apply_one(const TargetEpochRecord& record) {
  target_epoch_ = record.value.value_or(TargetEpochRecord::Value{.epoch = -1, .timestamp_ms = 0});
}

void StreamsGroup::apply_one(const StreamsTargetRecord& record) {
  targets_ = record.value ? targets_.with(record.member, std::make_shared<const Tasks>(*record.value))
                          : targets_.without(record.member);
}

void StreamsGroup::apply_one(const StreamsCurrentRecord& record) {
  const StreamsMember* known = find(record.member);
  if (!record.value && known == nullptr) return;
  StreamsMember member = known == nullptr ? StreamsMember{.id = record.member} : *known;
  member.current = record.value.value_or(
      StreamsAssignment{.epoch = -1, .previous_epoch = -1, .state = member.current.state});
  put_member(std::move(member));
}

void StreamsGroup::apply_one(const StreamsTopologyRecord& record) {
  topology_ = record.value ? std::make_shared<const StreamsTopology>(*record.value) : nullptr;
}

void StreamsGroup::put_member(StreamsMember member) {
  if (const StreamsMember* known = find(member.id)) forget_tasks(*known);
  owners_.add(member.current.assigned, member.metadata.process_id);
  owners_.add(member.current.pending_revocation, member.metadata.process_id);
  std::string id = member.id;
  members_ = members_.with(std::move(id), std::make_shared<const StreamsMember>(std::move(member)));
}

void StreamsGroup::forget_tasks(const StreamsMember& member) {
  owners_.remove(member.current.assigned, member.metadata.process_id);
  owners_.remove(member.current.pending_revocation, member.metadata.process_id);
}

}  // namespace moldau::coordinator
