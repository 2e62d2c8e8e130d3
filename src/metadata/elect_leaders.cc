#include "metadata/elect_leaders.h"

#include <string>
#include <utility>

#include "metadata/leader_updates.h"
#include "metadata/record_limit.h"
#include "metadata/record_writer.h"

namespace moldau::metadata {
namespace {

bool has_preferred_leader(const Partition& partition) {
  return partition.leader == (partition.replicas.empty() ? kNoLeader : partition.replicas.front());
}

Result<void> elect(const Topic& topic, std::int32_t partition_id, const Partition& partition,
                   Election election, const DecisionContext& context, std::vector<Bytes>& records) {
  const bool is_preferred = election == Election::kPreferred;
  if (is_preferred ? has_preferred_leader(partition) : partition.leader != kNoLeader) {
    return fail(ErrorCode::kElectionNotNeeded, "Leader election not needed for topic partition.");
  }
  const PartitionRules rules = rules_for(context, topic, partition);
  const auto planned = plan_change(partition, {.election = election}, rules);
  if (!planned && is_preferred) {
    return fail(ErrorCode::kPreferredLeaderNotAvailable, "The preferred leader was not available.");
  }
  if (!planned) {
    return fail(ErrorCode::kEligibleLeadersNotAvailable,
                "Eligible topic partition leaders are not available.");
  }
  records.push_back(write::partition_change(topic.id(), partition_id, *planned, rules.version));
  return {};
}

Result<void> elect_named(std::string_view name, std::int32_t partition_id, Election election,
                         const DecisionContext& context, std::vector<Bytes>& records) {
  const Topic* topic = context.image.topic(name);
  if (topic == nullptr)
    return fail(ErrorCode::kUnknownTopicOrPartition, "No such topic as " + std::string(name));
  const Partition* partition = topic->find(partition_id);
  if (partition == nullptr) {
    return fail(ErrorCode::kUnknownTopicOrPartition,
                "No such partition as " + topic->name() + "-" + std::to_string(partition_id));
  }
  return elect(*topic, partition_id, *partition, election, context, records);
}

/// Of all partitions, those that have the leader that is wanted are left out.
std::vector<TopicOutcome> elect_all(Election election, const DecisionContext& context,
                                    std::vector<Bytes>& records) {
  std::vector<TopicOutcome> outcomes;
  for (const auto& [id, topic] : context.image.topics) {
    TopicOutcome& outcome = outcomes.emplace_back(topic->name());
    topic->for_each_partition([&, &owner = *topic](std::int32_t partition_id, const Partition& partition) {
      const auto done = elect(owner, partition_id, partition, election, context, records);
      if (!done && done.error().code == ErrorCode::kElectionNotNeeded) return;
      outcome.partitions.push_back(outcome_of(partition_id, done));
    });
  }
  return outcomes;
}

}  // namespace

Result<Decision<std::vector<TopicOutcome>>> elect_leaders(const protocol::ElectLeadersRequest& request,
                                                          const DecisionContext& context) {
  constexpr std::int8_t kPreferred = 0;
  constexpr std::int8_t kUnclean = 1;
  if (request.election_type != kPreferred && request.election_type != kUnclean) {
    return fail(ErrorCode::kInvalidRequest, "Unknown election type " + std::to_string(request.election_type));
  }
  const Election election = request.election_type == kPreferred ? Election::kPreferred : Election::kUnclean;
  Decision<std::vector<TopicOutcome>> decision;
  if (!request.topic_partitions) {
    decision.response = elect_all(election, context, decision.records);
  } else {
    for (const auto& wanted : *request.topic_partitions) {
      TopicOutcome& outcome = decision.response.emplace_back(std::string(wanted.topic.value()));
      for (const std::int32_t partition_id : wanted.partitions) {
        outcome.partitions.push_back(
            outcome_of(partition_id,
                       elect_named(wanted.topic.value(), partition_id, election, context, decision.records)));
      }
    }
  }
  if (auto few = check_record_count(decision.records); !few) return fail(std::move(few).error());
  return decision;
}

}  // namespace moldau::metadata
