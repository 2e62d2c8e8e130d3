#include <algorithm>
#include <iterator>
#include <utility>

#include "metadata/leader_updates.h"
#include "metadata/partition_decisions.h"
#include "metadata/record_writer.h"

namespace moldau::metadata {
namespace {

/// What to do with one replica: an error, or the records of its move.
struct Move {
  ErrorCode error = ErrorCode::kNone;
  std::vector<Bytes> records = {};
};

Move move_replica(BrokerId broker_id, const Uuid& directory, bool is_offline, const Topic& topic,
                  std::int32_t partition_id, const DecisionContext& context) {
  const Partition* partition = topic.find(partition_id);
  if (partition == nullptr) return {.error = ErrorCode::kUnknownTopicOrPartition};
  if (!contains(partition->replicas, broker_id)) return {.error = ErrorCode::kNotLeaderOrFollower};
  Move move;
  const PartitionRules rules = rules_for(context, topic, *partition);
  PartitionTarget target;
  target.placement = {.replica = broker_id, .directory = directory};
  if (const auto planned = plan_change(*partition, target, rules)) {
    move.records.push_back(write::partition_change(topic.id(), partition_id, *planned, rules.version));
  }
  if (is_offline) {
    auto record = membership_record(context, {.leaving = broker_id}, topic, partition_id, *partition);
    if (record) move.records.push_back(std::move(*record));
  }
  return move;
}

}  // namespace

Result<Decision<protocol::AssignReplicasToDirsResponse>> assign_replicas_to_dirs(
    const protocol::AssignReplicasToDirsRequest& request, const DecisionContext& context) {
  if (!finalized_version(context).supports_directories()) {
    return fail(ErrorCode::kUnsupportedVersion, "Directory assignment is not supported yet.");
  }
  auto checked = check_broker_epoch(context.image, request.broker_id, request.broker_epoch);
  if (!checked) return fail(std::move(checked).error());
  const BrokerRegistration& broker = *context.image.broker(request.broker_id);

  Decision<protocol::AssignReplicasToDirsResponse> decision;
  for (const auto& wanted : request.directories) {
    const bool is_offline = !broker.has_online_directory(wanted.id);
    auto& answered = decision.response.directories.emplace_back();
    answered.id = wanted.id;
    for (const auto& wanted_topic : wanted.topics) {
      auto& answered_topic = answered.topics.emplace_back();
      answered_topic.topic_id = wanted_topic.topic_id;
      const Topic* topic = context.image.topic(wanted_topic.topic_id);
      for (const auto& partition : wanted_topic.partitions) {
        Move move = topic == nullptr ? Move{.error = ErrorCode::kUnknownTopicId}
                                     : move_replica(request.broker_id, wanted.id, is_offline, *topic,
                                                    partition.partition_index, context);
        auto& answered_partition = answered_topic.partitions.emplace_back();
        answered_partition.partition_index = partition.partition_index;
        answered_partition.error_code = move.error;
        std::ranges::move(move.records, std::back_inserter(decision.records));
      }
    }
  }
  return decision;
}

}  // namespace moldau::metadata
