#include "api/describe_quorum.h"

#include <string_view>

#include "quorum/quorum.h"

namespace moldau::api {
namespace {

using protocol::DescribeQuorumRequest;
using protocol::DescribeQuorumResponse;
using runtime::Task;

constexpr std::string_view kMetadataTopic = "__cluster_metadata";
constexpr std::int16_t kFirstVersionWithTimes = 1;
constexpr std::int16_t kFirstVersionWithNodes = 2;

/// Apache Kafka answers for the metadata log alone, and only if nothing else is asked for.
bool asks_for_metadata(const DescribeQuorumRequest& request) {
  return request.topics.size() == 1 && request.topics.front().topic_name.value() == kMetadataTopic &&
         request.topics.front().partitions.size() == 1 &&
         request.topics.front().partitions.front().partition_index == 0;
}

DescribeQuorumResponse unknown(const DescribeQuorumRequest& request) {
  DescribeQuorumResponse response;
  for (const auto& topic : request.topics) {
    auto& answered = response.topics.emplace_back();
    answered.topic_name = topic.topic_name;
    for (const auto& partition : topic.partitions) {
      auto& data = answered.partitions.emplace_back();
      data.partition_index = partition.partition_index;
      data.error_code = ErrorCode::kUnknownTopicOrPartition;
      data.error_message = "This server does not host this topic-partition.";
    }
  }
  return response;
}

/// What the quorum on shard 0 says.
Task<Result<quorum::QuorumStatus>> ask(runtime::Node& node) {
  co_return node.controller().describe_quorum();
}

std::vector<DescribeQuorumResponse::ReplicaState> states_of(
    const std::vector<quorum::ReplicaStatus>& replicas, std::int16_t version) {
  std::vector<DescribeQuorumResponse::ReplicaState> states;
  for (const quorum::ReplicaStatus& replica : replicas) {
    auto& state = states.emplace_back();
    state.replica_id = replica.key.id;
    state.log_end_offset = replica.log_end_offset;
    if (version < kFirstVersionWithTimes) continue;
    state.last_fetch_timestamp = replica.last_fetch_ms;
    state.last_caught_up_timestamp = replica.last_caught_up_ms;
    if (version >= kFirstVersionWithNodes) state.replica_directory_id = replica.key.directory_id;
  }
  return states;
}

DescribeQuorumResponse response_of(Context& context, const quorum::QuorumStatus& status) {
  const std::int16_t version = context.request.version;
  DescribeQuorumResponse response;
  auto& topic = response.topics.emplace_back();
  topic.topic_name = TopicName(kMetadataTopic);
  auto& partition = topic.partitions.emplace_back();
  partition.leader_id = status.leader.value_or(BrokerId(-1));
  partition.leader_epoch = status.epoch;
  partition.high_watermark = status.high_watermark;
  partition.current_voters = states_of(status.voters, version);
  partition.observers = states_of(status.observers, version);
  if (version < kFirstVersionWithNodes) return response;
  for (const quorum::Voter& voter : status.voter_set.voters()) {
    auto& node = response.nodes.emplace_back();
    node.node_id = voter.key.id;
    for (const quorum::VoterEndpoint& endpoint : voter.endpoints) {
      node.listeners.push_back({.name = context.keep(endpoint.listener),
                                .host = context.keep(endpoint.host),
                                .port = endpoint.port,
                                .unknown_tags = {}});
    }
  }
  return response;
}

}  // namespace

Task<DescribeQuorumResponse> describe_quorum(Context& context, const DescribeQuorumRequest& request) {
  if (!asks_for_metadata(request)) co_return unknown(request);
  runtime::Shard& zero = context.node.shards()[runtime::ShardId(0)];
  const auto status = co_await runtime::on_shard<Result<quorum::QuorumStatus>>(
      context.shard, zero, [&node = context.node] { return ask(node); });
  if (!status) {
    DescribeQuorumResponse response;
    response.error_code = status.error().code;
    response.error_message = context.keep(status.error().message);
    co_return response;
  }
  co_return response_of(context, *status);
}

}  // namespace moldau::api
