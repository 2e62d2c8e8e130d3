#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "metadata/leader_updates.h"
#include "metadata/new_partitions.h"
#include "metadata/reassignment_decisions.h"
#include "metadata/record_writer.h"

namespace moldau::metadata {
namespace {

using WantedPartition = protocol::AlterPartitionReassignmentsRequest::ReassignablePartition;

/// A partition whose replicas are to change.
struct Subject {
  const Topic& topic;
  std::int32_t partition_id;
  const Partition& partition;
};

Replicas without_all(const Replicas& replicas, const Replicas& others) {
  Replicas left;
  std::ranges::copy_if(replicas, std::back_inserter(left),
                       [&](BrokerId id) { return !contains(others, id); });
  return left;
}

/// The ids of `replicas` that are not among `others`, in rising order.
Replicas difference(const Replicas& replicas, const Replicas& others) {
  Replicas left = without_all(replicas, others);
  std::ranges::sort(left);
  return left;
}

/// How many replicas the partition has once its reassignment, if one is under way, is done.
std::size_t replication_factor(const Partition& partition) {
  if (!partition.is_reassigning()) return partition.replicas.size();
  std::set<BrokerId> replicas(partition.replicas.begin(), partition.replicas.end());
  replicas.insert(partition.adding.begin(), partition.adding.end());
  for (const BrokerId id : partition.removing)
    replicas.erase(id);
  return replicas.size();
}

std::optional<Bytes> record_of(const Subject& subject, const PartitionTarget& target,
                               const DecisionContext& context) {
  const PartitionRules rules = rules_for(context, subject.topic, subject.partition);
  const auto planned = plan_change(subject.partition, target, rules);
  if (!planned) return std::nullopt;
  return write::partition_change(subject.topic.id(), subject.partition_id, *planned, rules.version);
}

/// The target of a new assignment: old and new replicas until the new ones are in sync.
Result<PartitionTarget> new_assignment(const Subject& subject, const Replicas& wanted, bool may_change_factor,
                                       const DecisionContext& context) {
  auto checked = check_assignment(wanted, std::nullopt, context.image);
  if (!checked) return fail(std::move(checked).error());
  const std::size_t factor = replication_factor(subject.partition);
  if (!may_change_factor && factor != wanted.size()) {
    return fail(ErrorCode::kInvalidReplicationFactor, "The replication factor is changed from " +
                                                          std::to_string(factor) + " to " +
                                                          std::to_string(wanted.size()));
  }
  Replicas removing = difference(subject.partition.replicas, wanted);
  Replicas adding = difference(wanted, subject.partition.replicas);
  PartitionTarget target;
  target.replicas = wanted;
  target.replicas->insert(target.replicas->end(), removing.begin(), removing.end());
  if (!removing.empty()) target.removing = std::move(removing);
  if (!adding.empty()) target.adding = std::move(adding);
  return target;
}

/// The target of the assignment before the reassignment that is under way. If only new replicas are in sync,
/// the first old one takes over, which may lose records.
Result<PartitionTarget> old_assignment(const Subject& subject, const DecisionContext& context) {
  const Partition& partition = subject.partition;
  if (!partition.is_reassigning()) return fail(ErrorCode::kNoReassignmentInProgress);
  const bool may_lose_records = allows_unclean_election(context, subject.topic);
  PartitionTarget target;
  target.replicas = without_all(partition.replicas, partition.adding);
  target.isr = without_all(partition.isr, partition.adding);
  target.removing = Replicas{};
  target.adding = Replicas{};
  if (target.isr->empty()) {
    if (target.replicas->empty()) {
      return bad_assignment("Invalid replica assignment: addingReplicas contains all replicas.");
    }
    if (!may_lose_records) {
      return bad_assignment("Unable to revert partition assignment for " + subject.topic.name() + ":" +
                            std::to_string(subject.partition_id) +
                            " because it would require an unclean leader election.");
    }
    target.isr->push_back(target.replicas->front());
  }
  if (may_lose_records) target.election = Election::kUnclean;
  return target;
}

Result<void> reassign(std::string_view name, const WantedPartition& wanted, bool may_change_factor,
                      const DecisionContext& context, std::vector<Bytes>& records) {
  const Topic* topic = context.image.topic(name);
  if (topic == nullptr) {
    return fail(ErrorCode::kUnknownTopicOrPartition,
                "Unable to find a topic named " + std::string(name) + ".");
  }
  const Partition* partition = topic->find(wanted.partition_index);
  if (partition == nullptr) {
    return fail(ErrorCode::kUnknownTopicOrPartition, "Unable to find partition " + topic->name() + ":" +
                                                         std::to_string(wanted.partition_index) + ".");
  }
  const Subject subject{.topic = *topic, .partition_id = wanted.partition_index, .partition = *partition};
  const auto target = wanted.replicas ? new_assignment(subject, *wanted.replicas, may_change_factor, context)
                                      : old_assignment(subject, context);
  if (!target) return fail(target.error());
  auto record = record_of(subject, *target, context);
  if (!record) return {};
  if (records.size() >= kMaxRecordsPerRequest) return fail(ErrorCode::kUnknownServerError);
  records.push_back(std::move(*record));
  return {};
}

}  // namespace

Decision<std::vector<TopicOutcome>> alter_partition_reassignments(
    const protocol::AlterPartitionReassignmentsRequest& request, const DecisionContext& context) {
  Decision<std::vector<TopicOutcome>> decision{.records = {}, .response = {}, .is_atomic = true};
  for (const auto& topic : request.topics) {
    TopicOutcome& answer = decision.response.emplace_back(std::string(topic.name.value()));
    for (const WantedPartition& wanted : topic.partitions) {
      const auto done = reassign(topic.name.value(), wanted, request.allow_replication_factor_change, context,
                                 decision.records);
      answer.partitions.push_back(outcome_of(wanted.partition_index, done));
    }
  }
  return decision;
}

}  // namespace moldau::metadata
