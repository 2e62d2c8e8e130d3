#include "api/reassignments.h"

#include <utility>
#include <vector>

#include "api/all_failed.h"
#include "api/decide_in_time.h"
#include "api/keep_any.h"
#include "metadata/reassignment_decisions.h"

namespace moldau::api {
namespace {

using protocol::AlterPartitionReassignmentsRequest;
using protocol::AlterPartitionReassignmentsResponse;
using protocol::ListPartitionReassignmentsRequest;
using protocol::ListPartitionReassignmentsResponse;
using Altered = std::vector<metadata::TopicOutcome>;
using Ongoing = std::vector<metadata::ReassigningTopic>;

}  // namespace

runtime::Task<AlterPartitionReassignmentsResponse> alter_partition_reassignments(
    Context& context, const AlterPartitionReassignmentsRequest& request) {
  AlterPartitionReassignmentsResponse response;
  if (request.topics.empty()) co_return response;
  auto altered = co_await decide_in_time<Altered>(
      context, request.timeout_ms, [&request](const metadata::DecisionContext& decision) {
        return metadata::alter_partition_reassignments(request, decision);
      });
  if (!altered) co_return all_failed(request, context.request.version, failure_of(context, altered.error()));
  response.allow_replication_factor_change = request.allow_replication_factor_change;
  response.error_message.reset();
  for (metadata::TopicOutcome& outcome : *altered) {
    auto& topic = response.responses.emplace_back();
    topic.name = TopicName(context.keep(std::move(outcome.name)));
    for (metadata::PartitionOutcome& partition : outcome.partitions) {
      auto& result = topic.partitions.emplace_back();
      result.partition_index = partition.partition_id;
      result.error_code = partition.error;
      result.error_message = keep_any(context, std::move(partition.error_message));
    }
  }
  co_return response;
}

runtime::Task<ListPartitionReassignmentsResponse> list_partition_reassignments(
    Context& context, const ListPartitionReassignmentsRequest& request) {
  ListPartitionReassignmentsResponse response;
  response.error_message.reset();
  if (request.topics && request.topics->empty()) co_return response;
  auto listed = co_await context.node.decide<Ongoing>(
      context.shard, [&request](const metadata::DecisionContext& decision) {
        return metadata::Decision<Ongoing>{
            .response = metadata::list_partition_reassignments(request, decision.image)};
      });
  if (!listed) {
    response.error_code = listed.error().code;
    response.error_message = keep_message(context, listed.error());
    co_return response;
  }
  for (metadata::ReassigningTopic& ongoing : *listed) {
    auto& topic = response.topics.emplace_back();
    topic.name = TopicName(context.keep(std::move(ongoing.name)));
    for (metadata::OngoingReassignment& partition : ongoing.partitions) {
      topic.partitions.push_back({.partition_index = partition.partition_id,
                                  .replicas = std::move(partition.replicas),
                                  .adding_replicas = std::move(partition.adding),
                                  .removing_replicas = std::move(partition.removing),
                                  .unknown_tags = {}});
    }
  }
  co_return response;
}

}  // namespace moldau::api
