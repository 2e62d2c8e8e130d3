#include <map>
#include <utility>

#include "metadata/new_partitions.h"
#include "metadata/record_writer.h"
#include "metadata/topic_decisions.h"

namespace moldau::metadata {
namespace {

using WantedTopic = protocol::CreatePartitionsRequest::CreatePartitionsTopic;

std::unexpected<Error> wrong_count(std::string why) {
  return fail(ErrorCode::kInvalidPartitions, std::move(why));
}

/// How many partitions are to be added.
Result<std::int32_t> additional_count(const WantedTopic& wanted, const Topic& topic) {
  const auto present = static_cast<std::int32_t>(topic.partition_count());
  if (wanted.count == present) {
    return wrong_count("Topic already has " + std::to_string(present) + " partition(s).");
  }
  if (wanted.count < present) {
    return wrong_count("The topic " + topic.name() + " currently has " + std::to_string(present) +
                       " partition(s); " + std::to_string(wanted.count) + " would not be an increase.");
  }
  const std::int32_t additional = wanted.count - present;
  if (wanted.assignments && std::cmp_not_equal(wanted.assignments->size(), additional)) {
    return fail(ErrorCode::kInvalidReplicaAssignment,
                "Attempted to add " + std::to_string(additional) + " additional partition(s), but only " +
                    std::to_string(wanted.assignments->size()) + " assignment(s) were specified.");
  }
  return additional;
}

Result<std::vector<Partition>> assigned_partitions(const WantedTopic& wanted, const Topic& topic,
                                                   std::size_t replication_factor,
                                                   const DecisionContext& context) {
  std::vector<Partition> partitions;
  for (const auto& assignment : *wanted.assignments) {
    auto checked = check_assignment(assignment.broker_ids, replication_factor, context.image);
    if (!checked) return fail(std::move(checked).error());
    auto partition = make_partition(assignment.broker_ids, context);
    if (!partition) {
      return no_active_replica(static_cast<std::int32_t>(topic.partition_count() + partitions.size()));
    }
    partitions.push_back(std::move(*partition));
  }
  return partitions;
}

Result<std::vector<Partition>> placed_partitions(std::int32_t count, std::size_t replication_factor,
                                                 const DecisionContext& context) {
  const auto replicas = choose_replicas(count, static_cast<std::int16_t>(replication_factor), context);
  if (!replicas) return fail(replicas.error());
  return make_partitions(*replicas, context);
}

/// `room` is the number of partitions that the request may still add.
Result<void> extend(const WantedTopic& wanted, std::int64_t room, const DecisionContext& context,
                    std::vector<Bytes>& records) {
  const Topic* topic = context.image.topic(wanted.name.value());
  if (topic == nullptr) return fail(ErrorCode::kUnknownTopicOrPartition);
  const auto additional = additional_count(wanted, *topic);
  if (!additional) return fail(additional.error());
  if (*additional > room) return fail(ErrorCode::kUnknownServerError);
  const Partition* first = topic->find(0);
  if (first == nullptr) return fail(ErrorCode::kUnknownServerError);
  const std::size_t replication_factor = first->replicas.size();
  const auto partitions = wanted.assignments
                              ? assigned_partitions(wanted, *topic, replication_factor, context)
                              : placed_partitions(*additional, replication_factor, context);
  if (!partitions) return fail(partitions.error());
  auto id = static_cast<std::int32_t>(topic->partition_count());
  for (const Partition& partition : *partitions) {
    records.push_back(write::partition(topic->id(), id++, partition, finalized_version(context),
                                       context.image.is_elr_enabled()));
  }
  return {};
}

ExtendedTopic answer_of(std::string_view name, const Result<void>& outcome) {
  ExtendedTopic answer{.name = std::string(name)};
  if (outcome) return answer;
  answer.error = outcome.error().code;
  if (!outcome.error().message.empty()) answer.error_message = outcome.error().message;
  return answer;
}

}  // namespace

Result<Decision<std::vector<ExtendedTopic>>> create_partitions(
    const protocol::CreatePartitionsRequest& request, const TopicRights& rights,
    const DecisionContext& context) {
  std::map<std::string_view, int> times_named;
  for (const WantedTopic& topic : request.topics)
    ++times_named[topic.name.value()];

  Decision<std::vector<ExtendedTopic>> decision{.records = {}, .response = {}, .is_atomic = true};
  for (const auto& [name, times] : times_named) {
    if (times == 1) continue;
    decision.response.push_back(answer_of(name, fail(ErrorCode::kInvalidRequest, "Duplicate topic name.")));
  }
  for (const WantedTopic& topic : request.topics) {
    const std::string_view name = topic.name.value();
    if (times_named[name] > 1) continue;
    if (!rights.may_alter(name)) {
      decision.response.push_back(answer_of(name, fail(ErrorCode::kTopicAuthorizationFailed)));
      continue;
    }
    const std::int64_t room = kMaxPartitionsPerRequest - static_cast<std::int64_t>(decision.records.size());
    decision.response.push_back(answer_of(name, extend(topic, room, context, decision.records)));
  }
  if (request.validate_only) decision.records.clear();
  return decision;
}

}  // namespace moldau::metadata
