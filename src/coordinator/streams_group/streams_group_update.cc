#include "coordinator/streams_group/streams_group_update.h"

#include <charconv>
#include <chrono>
#include <limits>
#include <utility>

#include "coordinator/consumer/metadata_hash.h"
#include "coordinator/consumer/target_assignment.h"
#include "coordinator/streams_group/task_reconciliation.h"
#include "coordinator/streams_group/task_targets.h"

namespace moldau::coordinator {
namespace {

constexpr std::int32_t kJoin = 0;
/// How long a group relies on what it knows of its topics if nobody tells of a change; fixed in Kafka.
constexpr std::int64_t kTopicsRefreshMs = std::numeric_limits<std::int32_t>::max();
constexpr std::string_view kStandbyReplicas = "num.standby.replicas";

std::unexpected<Error> unknown_member(std::string_view member, std::string_view group) {
  return fail(ErrorCode::kUnknownMemberId,
              "Member " + std::string(member) + " is not a member of group " + std::string(group) + ".");
}

/// A member that missed an answer comes with the epoch before, and then has nothing that is not its own.
Result<void> check_epoch(const StreamsMember& member, const StreamsHeartbeat& said) {
  const StreamsAssignment& current = member.current;
  if (said.epoch == kJoin || said.epoch == current.epoch) return {};
  const bool is_greater = said.epoch > current.epoch;
  if (!is_greater && said.epoch == current.previous_epoch && said.owned &&
      owns_only(*said.owned, current.assigned)) {
    return {};
  }
  return fail(ErrorCode::kFencedMemberEpoch,
              std::string("The streams group member has a ") + (is_greater ? "greater" : "smaller") +
                  " member epoch (" + std::to_string(said.epoch) +
                  ") than the one known by the group coordinator (" + std::to_string(current.epoch) +
                  "). The member must abandon all its partitions and rejoin.");
}

Result<void> check_tasks(const ConfiguredSubtopologies& subtopologies, const std::vector<NamedTasks>& tasks) {
  for (const auto& [id, partitions] : tasks) {
    const auto subtopology = subtopologies.find(id);
    if (subtopology == subtopologies.end()) {
      return fail(ErrorCode::kInvalidRequest, "Subtopology " + id + " does not exist in the topology.");
    }
    const std::int32_t count = subtopology->second.task_count;
    for (const std::int32_t partition : partitions) {
      if (partition >= 0 && partition < count) continue;
      return fail(ErrorCode::kInvalidRequest,
                  "Task " + std::to_string(partition) + " for subtopology " + id +
                      " is invalid. Number of tasks for this subtopology: " + std::to_string(count));
    }
  }
  return {};
}

Result<void> check_tasks(const ConfiguredSubtopologies& subtopologies, const OwnedTasks& owned) {
  for (const auto* tasks : {&owned.active, &owned.standby, &owned.warmup}) {
    if (auto checked = check_tasks(subtopologies, *tasks); !checked) return checked;
  }
  return {};
}

/// The group's setting as its record has it; 0 where it has none that can be read.
std::int32_t standby_replicas_in(const TextMap& configs) {
  const auto found = configs.find(kStandbyReplicas);
  std::int32_t count = 0;
  if (found == configs.end()) return count;
  const std::string& text = found->second;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

TaskSets without_epochs(const TaskEpochs& tasks) {
  TaskSets sets;
  for (const auto& [subtopology, partitions] : tasks) {
    for (const auto& [partition, epoch] : partitions)
      sets[subtopology].insert(partition);
  }
  return sets;
}

}  // namespace

StreamsUpdate::StreamsUpdate(std::string id, const StreamsGroup* known, StreamsNotes notes,
                             const StreamsUpdateContext& context)
    : id_(std::move(id)),
      is_new_(known == nullptr),
      first_(is_new_ ? StreamsGroup() : *known),
      group_(first_),
      notes_(is_new_ ? StreamsNotes{.is_delayed = notes.is_delayed} : std::move(notes)),
      context_(context) {}

StreamsNotes StreamsUpdate::notes() const {
  return is_new_ ? StreamsNotes{.is_delayed = notes_.is_delayed} : notes_;
}

void StreamsUpdate::write(const StreamsGroupChange& change) {
  records_.push_back(encode_streams_group_record(id_, change));
  group_.apply(change);
}

Result<StreamsAnswer> StreamsUpdate::heartbeat(const StreamsHeartbeat& said) {
  const auto before = member(said);
  if (!before) return fail(before.error());
  StreamsAnswer answer;
  bool has_to = update_member(*before, said);
  if (auto updated = update_topology(said); !updated) return fail(std::move(updated).error());
  note_stale_topology(said.member, answer);
  const auto hash = configure();
  if (!hash) return fail(hash.error());
  has_to = has_to || *hash != group_.metadata_hash();
  if (auto updated = update_epoch(has_to, *hash, said); !updated) return fail(std::move(updated).error());
  start_initial_delay();
  const auto updated = update_target(context_.settings.standby_replicas, &said.member, answer);
  if (!updated) return fail(updated.error());
  if (auto reconciled = reconcile_member(said); !reconciled) return fail(std::move(reconciled).error());
  if (auto told = tell(said, *before, answer); !told) return fail(std::move(told).error());
  return answer;
}

Result<StreamsMember> StreamsUpdate::member(const StreamsHeartbeat& said) const {
  const bool is_joining = said.epoch == kJoin;
  const std::int32_t most = context_.settings.max_size;
  if (is_joining && std::cmp_greater_equal(group_.members().size(), most)) {
    return fail(ErrorCode::kGroupMaxSizeReached, "The streams group has reached its maximum capacity of " +
                                                     std::to_string(most) + " members.");
  }
  const StreamsMember* known = group_.find(said.member);
  if (known == nullptr && !is_joining) return unknown_member(said.member, id_);
  StreamsMember member = known == nullptr ? StreamsMember{.id = said.member} : *known;
  if (auto checked = check_epoch(member, said); !checked) return fail(std::move(checked).error());
  return member;
}

bool StreamsUpdate::update_member(const StreamsMember& member, const StreamsHeartbeat& said) {
  StreamsMemberMetadata metadata = member.metadata;
  if (said.rack_id) metadata.rack_id = said.rack_id;
  if (said.rebalance_timeout_ms) metadata.rebalance_timeout_ms = *said.rebalance_timeout_ms;
  if (said.topology) metadata.topology_epoch = said.topology->epoch;
  metadata.client_id = said.client_id;
  metadata.client_host = said.client_host;
  if (said.process_id) metadata.process_id = *said.process_id;
  if (said.client_tags) metadata.client_tags = *said.client_tags;
  if (said.user_endpoint) metadata.user_endpoint = said.user_endpoint;
  if (metadata == member.metadata && group_.find(member.id) != nullptr) return false;
  write(StreamsMemberRecord{member.id, std::move(metadata)});
  return true;
}

Result<void> StreamsUpdate::update_topology(const StreamsHeartbeat& said) {
  const StreamsTopology* known = group_.topology();
  if (!said.topology) {
    if (known != nullptr) return {};
    return fail(ErrorCode::kUnknownServerError, "There is no topology");
  }
  if (auto checked = check_topology(*said.topology); !checked) return checked;
  if (known == nullptr) {
    write(StreamsTopologyRecord{said.topology});
    return {};
  }
  if (known->epoch > said.topology->epoch || is_same_topology(*known, *said.topology)) return {};
  return fail(ErrorCode::kInvalidRequest, "Topology updates are not supported yet.");
}

void StreamsUpdate::note_stale_topology(std::string_view member, StreamsAnswer& answer) const {
  const std::int32_t members_epoch = group_.find(member)->metadata.topology_epoch;
  const std::int32_t groups_epoch = group_.topology()->epoch;
  if (members_epoch >= groups_epoch) return;
  answer.statuses.push_back({.code = StreamsStatusCode::kStaleTopology,
                             .detail = "The member's topology epoch " + std::to_string(members_epoch) +
                                       " is behind the group's topology epoch " +
                                       std::to_string(groups_epoch) + "."});
}

Result<std::int64_t> StreamsUpdate::configure() {
  const bool is_first = first_.topology() == nullptr;
  const bool is_due =
      context_.at.wall_ms >= notes_.topics_known_until_ms || first_.epoch() < notes_.topics_known_epoch;
  const std::int64_t known = group_.metadata_hash();
  if (!is_first && notes_.configured != nullptr && !is_due) return known;
  const std::int64_t hash = metadata_hash(context_.topics, required_topics(*group_.topology()));
  if (is_first || notes_.configured == nullptr || hash != known) {
    auto configured = configure_topology(*group_.topology(), context_.topics, hash);
    if (!configured) return fail(std::move(configured).error());
    notes_.configured = std::make_shared<const ConfiguredTopology>(*std::move(configured));
  }
  return hash;
}

Result<void> StreamsUpdate::update_epoch(bool has_to, std::int64_t hash, const StreamsHeartbeat& said) {
  StreamsEpochRecord::Value next{.epoch = group_.epoch() + 1, .metadata_hash = hash};
  if (notes_.configured->is_ready()) {
    next.validated_topology_epoch = group_.topology()->epoch;
    if (said.owned) {
      if (auto checked = check_tasks(*notes_.configured->subtopologies, *said.owned); !checked)
        return checked;
    }
  }
  next.assignment_configs.emplace(kStandbyReplicas, std::to_string(context_.settings.standby_replicas));
  if (!has_to && next.validated_topology_epoch == group_.validated_topology_epoch() &&
      next.assignment_configs == group_.assignment_configs()) {
    return {};
  }
  notes_.topics_known_until_ms = context_.at.wall_ms + kTopicsRefreshMs;
  notes_.topics_known_epoch = next.epoch;
  write(StreamsEpochRecord{std::move(next)});
  return {};
}

void StreamsUpdate::start_initial_delay() {
  const std::int32_t delay_ms = context_.settings.initial_rebalance_delay_ms;
  if (!first_.is_empty() || delay_ms <= 0) return;
  set_timer(TimerKind::kInitialDelay, {}, delay_ms, true);
  notes_.is_delayed = true;
}

Result<void> StreamsUpdate::update_target(std::int32_t standby_replicas, const std::string* asking,
                                          StreamsAnswer& answer) {
  const auto delay = [&](std::string_view reason) {
    answer.statuses.push_back(
        {.code = StreamsStatusCode::kAssignmentDelayed,
         .detail = "Assignment delayed due to the configured " + std::string(reason) + "."});
  };
  if (notes_.is_delayed) {
    delay("initial rebalance delay");
    return {};
  }
  if (group_.target_epoch() >= group_.epoch()) return {};
  if (!is_target_due(group_.target_timestamp_ms(), context_.settings.assignment_interval_ms,
                     context_.at.wall_ms)) {
    delay("assignment interval");
    return {};
  }
  const bool has_newcomer = asking != nullptr && first_.find(*asking) == nullptr;
  auto targets =
      compute_task_targets(group_, *notes_.configured, standby_replicas, has_newcomer ? asking : nullptr);
  if (!targets) return fail(std::move(targets).error());
  for (auto& [member, target] : *targets) {
    const Tasks* old = find_shared(first_.targets(), member);
    if (old == nullptr || *old != target) write(StreamsTargetRecord{member, std::move(target)});
  }
  write(TargetEpochRecord{
      TargetEpochRecord::Value{.epoch = group_.epoch(), .timestamp_ms = context_.at.wall_ms}});
  return {};
}

Result<void> StreamsUpdate::reconcile_member(const StreamsHeartbeat& said) {
  static const Tasks kNone;
  const StreamsMember& member = *group_.find(said.member);
  const TasksTarget target{.epoch = group_.target_epoch(),
                           .tasks = notes_.is_delayed ? kNone : group_.target(said.member)};
  if (member.current.is_reconciled_to(target.epoch)) return {};
  // Who has which tasks is as it was before the request, whatever client the member is of by now.
  auto next = reconcile(first_.owners(), member, target, said.owned ? &*said.owned : nullptr);
  if (!next) return fail(std::move(next).error());
  if (*next == member.current) return {};
  if (next->state == StreamsMemberState::kUnrevokedTasks) {
    await_revocation(member, next->epoch);
  } else {
    cancel_revocation(said.member);
  }
  write(StreamsCurrentRecord{said.member, *std::move(next)});
  return {};
}

Result<void> StreamsUpdate::tell(const StreamsHeartbeat& said, const StreamsMember& before,
                                 StreamsAnswer& answer) {
  set_timer(TimerKind::kMemberSession, said.member, context_.settings.session_timeout_ms);
  if (said.wants_shutdown && !notes_.shutdown_requested_by) notes_.shutdown_requested_by = said.member;
  const StreamsMember& member = *group_.find(said.member);
  const AssignedTasks& assigned = member.current.assigned;
  answer.epoch = member.current.epoch;
  if (said.epoch == kJoin || assigned != before.current.assigned) {
    answer.tasks = {
        .active = without_epochs(assigned.active), .standby = assigned.standby, .warmup = assigned.warmup};
    if (member.metadata.user_endpoint) ++notes_.endpoint_epoch;
  }
  const ConfiguredTopology& topology = *notes_.configured;
  if (notes_.endpoint_epoch != said.endpoint_epoch) {
    auto endpoints = partitions_by_endpoint(group_, topology, context_.topics, said.member);
    if (!endpoints) return fail(std::move(endpoints).error());
    answer.endpoints = *std::move(endpoints);
  }
  answer.endpoint_epoch = notes().endpoint_epoch;
  if (topology.problem) {
    answer.topics_to_create = topology.topics_to_create;
    answer.statuses.push_back(*topology.problem);
  }
  if (notes_.shutdown_requested_by) {
    answer.statuses.push_back(
        {.code = StreamsStatusCode::kShutdownApplication,
         .detail = "Streams group member " + *notes_.shutdown_requested_by +
                   " encountered a fatal error and requested a shutdown for the entire application."});
  }
  return {};
}

Result<void> StreamsUpdate::leave(const std::string& member, bool wants_shutdown) {
  if (wants_shutdown && !notes_.shutdown_requested_by) notes_.shutdown_requested_by = member;
  if (group_.find(member) == nullptr) return unknown_member(member, id_);
  fence(member);
  return {};
}

void StreamsUpdate::session_timed_out(const std::string& member) {
  if (group_.find(member) != nullptr) fence(member);
}

void StreamsUpdate::revocation_timed_out(const std::string& member) {
  const StreamsMember* known = group_.find(member);
  const auto epoch = notes_.revocation_epochs.find(member);
  if (epoch == notes_.revocation_epochs.end()) return;
  const bool is_up = known != nullptr && known->current.epoch == epoch->second;
  notes_.revocation_epochs.erase(epoch);
  if (is_up) fence(member);
}

Result<void> StreamsUpdate::initial_delay_ended() {
  notes_.is_delayed = false;
  if (group_.is_empty() || notes_.configured == nullptr) return {};
  StreamsAnswer nobody;
  return update_target(standby_replicas_in(group_.assignment_configs()), nullptr, nobody);
}

void StreamsUpdate::loaded() {
  for (const auto& [id, member] : group_.members()) {
    set_timer(TimerKind::kMemberSession, id, context_.settings.session_timeout_ms);
    if (member->current.state == StreamsMemberState::kUnrevokedTasks)
      await_revocation(*member, member->current.epoch);
  }
}

void StreamsUpdate::fence(const std::string& member) {
  write(StreamsCurrentRecord{member, std::nullopt});
  write(StreamsTargetRecord{member, std::nullopt});
  write(StreamsMemberRecord{member, std::nullopt});
  write(StreamsEpochRecord{
      StreamsEpochRecord::Value{.epoch = group_.epoch() + 1,
                                .metadata_hash = group_.metadata_hash(),
                                .validated_topology_epoch = group_.validated_topology_epoch(),
                                .assignment_configs = group_.assignment_configs()}});
  if (group_.is_empty()) notes_.shutdown_requested_by.reset();
  cancel_timer(TimerKind::kMemberSession, member);
  cancel_revocation(member);
}

void StreamsUpdate::remove_group() {
  std::vector<std::string> members;
  for (const auto& [id, unused] : group_.members())
    members.push_back(id);
  for (const std::string& id : members)
    write(StreamsCurrentRecord{id, std::nullopt});
  for (const std::string& id : members)
    write(StreamsTargetRecord{id, std::nullopt});
  write(TargetEpochRecord{std::nullopt});
  for (const std::string& id : members)
    write(StreamsMemberRecord{id, std::nullopt});
  write(StreamsEpochRecord{std::nullopt});
  write(StreamsTopologyRecord{std::nullopt});
  cancel_timer(TimerKind::kInitialDelay, {});
  notes_ = {};
}

void StreamsUpdate::await_revocation(const StreamsMember& member, std::int32_t epoch) {
  notes_.revocation_epochs.insert_or_assign(member.id, epoch);
  set_timer(TimerKind::kRevocation, member.id, member.metadata.rebalance_timeout_ms);
}

void StreamsUpdate::cancel_revocation(const std::string& member) {
  notes_.revocation_epochs.erase(member);
  cancel_timer(TimerKind::kRevocation, member);
}

void StreamsUpdate::set_timer(TimerKind kind, std::string_view member, std::int32_t delay_ms,
                              bool keeps_earlier) {
  timers_.push_back({.key = {.kind = kind, .group = id_, .member = std::string(member)},
                     .deadline = context_.at.now + std::chrono::milliseconds(delay_ms),
                     .keeps_earlier = keeps_earlier});
}

void StreamsUpdate::cancel_timer(TimerKind kind, std::string_view member) {
  timers_.push_back(
      {.key = {.kind = kind, .group = id_, .member = std::string(member)}, .deadline = std::nullopt});
}

}  // namespace moldau::coordinator
