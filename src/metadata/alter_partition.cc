#include <algorithm>
#include <limits>
#include <utility>

#include "metadata/leader_updates.h"
#include "metadata/partition_decisions.h"
#include "metadata/record_writer.h"

namespace moldau::metadata {
namespace {

using Change = protocol::AlterPartitionRequest::PartitionData;

constexpr std::int16_t kFirstVersionWithBrokerEpochs = 3;
constexpr std::int64_t kAnyBrokerEpoch = -1;
constexpr std::int8_t kRecovering = 1;

/// A member of the proposed in-sync set.
struct Member {
  BrokerId id;
  std::int64_t broker_epoch;
};

std::vector<Member> members_of(const Change& change, std::int16_t request_version) {
  std::vector<Member> members;
  if (request_version >= kFirstVersionWithBrokerEpochs) {
    for (const auto& state : change.new_isr_with_epochs)
      members.push_back({state.broker_id, state.broker_epoch});
  } else {
    for (const BrokerId id : change.new_isr)
      members.push_back({id, kAnyBrokerEpoch});
  }
  return members;
}

bool is_eligible(const Member& member, const Image& image) {
  const BrokerRegistration* broker = image.broker(member.id);
  return broker != nullptr && broker->is_active() &&
         (member.broker_epoch == kAnyBrokerEpoch || member.broker_epoch == broker->epoch);
}

/// The epochs of a leader that knows less, or more, than this controller.
ErrorCode check_epochs(BrokerId leader, const Partition& partition, const Change& change) {
  // A leader ahead of this node has heard of a newer controller.
  if (change.leader_epoch > partition.leader_epoch) return ErrorCode::kNotController;
  if (change.partition_epoch > partition.partition_epoch) return ErrorCode::kNotController;
  if (change.leader_epoch < partition.leader_epoch) return ErrorCode::kFencedLeaderEpoch;
  if (leader != partition.leader) return ErrorCode::kInvalidRequest;
  if (change.partition_epoch < partition.partition_epoch) return ErrorCode::kInvalidUpdateVersion;
  return ErrorCode::kNone;
}

ErrorCode check_change(BrokerId leader, const Partition& partition, const Change& change,
                       const std::vector<Member>& members, const Replicas& isr, const Image& image) {
  if (const ErrorCode error = check_epochs(leader, partition, change); error != ErrorCode::kNone)
    return error;
  if (!is_valid_isr(partition.replicas, isr) || !contains(isr, partition.leader))
    return ErrorCode::kInvalidRequest;
  if (change.leader_recovery_state < 0 || change.leader_recovery_state > kRecovering) {
    return ErrorCode::kInvalidRequest;
  }
  const bool is_recovering = change.leader_recovery_state == kRecovering;
  if (is_recovering && (isr.size() > 1 || !partition.is_recovering)) return ErrorCode::kInvalidRequest;
  const bool all_eligible =
      std::ranges::all_of(members, [&](const Member& member) { return is_eligible(member, image); });
  return all_eligible ? ErrorCode::kNone : ErrorCode::kIneligibleReplica;
}

protocol::AlterPartitionResponse::PartitionData answer(std::int32_t partition_id, ErrorCode error) {
  protocol::AlterPartitionResponse::PartitionData data;
  data.partition_index = partition_id;
  data.error_code = error;
  return data;
}

/// Decides on one partition: appends the record if there is one and returns the answer.
protocol::AlterPartitionResponse::PartitionData decide(BrokerId leader, const Topic& topic,
                                                       const Change& change, std::int16_t request_version,
                                                       const DecisionContext& context,
                                                       std::vector<Bytes>& records) {
  const Partition* partition = topic.find(change.partition_index);
  if (partition == nullptr) return answer(change.partition_index, ErrorCode::kUnknownTopicOrPartition);
  const std::vector<Member> members = members_of(change, request_version);
  Replicas isr;
  for (const Member& member : members)
    isr.push_back(member.id);
  const ErrorCode error = check_change(leader, *partition, change, members, isr, context.image);
  if (error != ErrorCode::kNone) return answer(change.partition_index, error);

  const PartitionRules rules = rules_for(context, topic, *partition);
  PartitionTarget target;
  target.isr = std::move(isr);
  target.is_recovering = change.leader_recovery_state == kRecovering;
  if (allows_unclean_election(context, topic)) target.election = Election::kUnclean;
  const auto planned = plan_change(*partition, target, rules);
  Partition result = *partition;
  if (planned) {
    records.push_back(write::partition_change(topic.id(), change.partition_index, *planned, rules.version));
    result = apply_change(*partition, *planned);
    // A reassignment that this completes may hand leadership on; the leader must read the log to go on.
    if (planned->leader && *planned->leader != leader) {
      return answer(change.partition_index, ErrorCode::kNewLeaderElected);
    }
  }
  auto data = answer(change.partition_index, ErrorCode::kNone);
  data.leader_id = result.leader;
  data.isr = result.isr;
  data.leader_recovery_state = result.is_recovering ? kRecovering : std::int8_t{0};
  data.leader_epoch = result.leader_epoch;
  data.partition_epoch = result.partition_epoch;
  return data;
}

}  // namespace

Result<Decision<protocol::AlterPartitionResponse>> alter_partition(
    const protocol::AlterPartitionRequest& request, std::int16_t request_version,
    const DecisionContext& context) {
  auto checked = check_broker_epoch(context.image, request.broker_id, request.broker_epoch);
  if (!checked) return fail(std::move(checked).error());
  Decision<protocol::AlterPartitionResponse> decision;
  for (const auto& wanted : request.topics) {
    auto& answered = decision.response.topics.emplace_back();
    answered.topic_id = wanted.topic_id;
    const Topic* topic = context.image.topic(wanted.topic_id);
    for (const Change& change : wanted.partitions) {
      answered.partitions.push_back(
          topic == nullptr
              ? answer(change.partition_index, ErrorCode::kUnknownTopicId)
              : decide(request.broker_id, *topic, change, request_version, context, decision.records));
    }
  }
  return decision;
}

Result<Decision<protocol::AllocateProducerIdsResponse>> allocate_producer_ids(
    const protocol::AllocateProducerIdsRequest& request, const DecisionContext& context) {
  auto checked = check_broker_epoch(context.image, request.broker_id, request.broker_epoch);
  if (!checked) return fail(std::move(checked).error());
  const std::int64_t first = std::max<std::int64_t>(context.image.next_producer_id, 0);
  if (first > std::numeric_limits<std::int64_t>::max() - kProducerIdBlockSize) {
    return fail(
        ErrorCode::kUnknownServerError,
        "Exhausted all producerIds as the next block's end producerId has exceeded the int64 type limit");
  }
  Decision<protocol::AllocateProducerIdsResponse> decision;
  decision.records.push_back(
      write::producer_ids(request.broker_id, request.broker_epoch, first + kProducerIdBlockSize));
  decision.response.producer_id_start = ProducerId(first);
  decision.response.producer_id_len = kProducerIdBlockSize;
  return decision;
}

}  // namespace moldau::metadata
