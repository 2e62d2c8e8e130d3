#include "api/quorum_fetch.h"

#include <algorithm>
#include <utility>

#include "api/reply.h"
#include "protocol/messages/fetch_request.h"
#include "protocol/messages/fetch_response.h"

namespace moldau::api {
namespace {

using protocol::FetchRequest;
using protocol::FetchResponse;
using runtime::Task;
using LogFetch = runtime::Controller::LogFetch;
using LogFetched = runtime::Controller::LogFetched;

constexpr std::int16_t kFirstVersionWithErrors = 7;
constexpr std::int16_t kFirstVersionWithReplicaState = 15;
constexpr std::int16_t kFirstVersionWithEndpoints = 17;

/// Apache Kafka goes by the topic's id alone, so versions that name topics get nothing.
const FetchRequest::FetchPartition* asked_partition(const FetchRequest& request) {
  if (request.topics.size() != 1) return nullptr;
  const auto& topic = request.topics.front();
  if (topic.topic_id != kClusterMetadataTopicId || topic.partitions.size() != 1) return nullptr;
  const auto& partition = topic.partitions.front();
  return partition.partition == 0 ? &partition : nullptr;
}

/// What is wrong with the whole request.
ErrorCode error_of(const Context& context, const FetchRequest& request) {
  if (request.cluster_id && *request.cluster_id != context.node.cluster_id()) {
    return ErrorCode::kInconsistentClusterId;
  }
  return asked_partition(request) != nullptr ? ErrorCode::kNone : ErrorCode::kInvalidRequest;
}

LogFetch wanted_of(const Context& context, const FetchRequest& request,
                   const FetchRequest::FetchPartition& partition) {
  const bool has_state = context.request.version >= kFirstVersionWithReplicaState;
  return {.replica = {.replica = {.id = has_state ? request.replica_state.replica_id : request.replica_id,
                                  .directory_id = partition.replica_directory_id},
                      .leader_epoch = partition.current_leader_epoch,
                      .offset = partition.fetch_offset,
                      .last_fetched_epoch = partition.last_fetched_epoch,
                      .max_wait_ms = request.max_wait_ms},
          .max_bytes = request.max_bytes,
          .known_high_watermark = partition.high_watermark};
}

/// Asks the controller on its shard.
Task<LogFetched> ask(const Context& context, const LogFetch& wanted) {
  runtime::Shard& zero = context.node.shards()[runtime::ShardId(0)];
  co_return co_await runtime::on_shard<LogFetched>(
      context.shard, zero, [&node = context.node, wanted] { return node.controller().fetch(wanted); });
}

FetchResponse::PartitionData data_of(LogFetched& fetched, Slices& slices) {
  FetchResponse::PartitionData data;
  data.error_code = fetched.error;
  data.high_watermark = fetched.high_watermark;
  data.log_start_offset = fetched.log_start_offset;
  data.current_leader = {.leader_id = fetched.leader.value_or(BrokerId(-1)),
                         .leader_epoch = fetched.leader_epoch,
                         .unknown_tags = {}};
  if (fetched.diverging) {
    data.diverging_epoch = {
        .epoch = fetched.diverging->epoch, .end_offset = fetched.diverging->end_offset, .unknown_tags = {}};
  }
  if (fetched.snapshot) {
    data.snapshot_id = {
        .end_offset = fetched.snapshot->end_offset, .epoch = fetched.snapshot->epoch, .unknown_tags = {}};
  }
  data.aborted_transactions.emplace();
  data.records.emplace();
  if (fetched.records) {
    data.records->external_bytes = static_cast<std::size_t>(fetched.records->size_bytes);
    slices.push_back(std::move(*fetched.records));
  }
  return data;
}

/// Tells where the leader listens for requests of this listener's kind.
void add_endpoint(Context& context, const LogFetched& fetched, FetchResponse& response) {
  const auto endpoint =
      std::ranges::find(fetched.leader_endpoints, context.listener.name, &quorum::VoterEndpoint::listener);
  if (!fetched.leader || endpoint == fetched.leader_endpoints.end()) return;
  response.node_endpoints.push_back({.node_id = *fetched.leader,
                                     .host = context.keep(endpoint->host),
                                     .port = endpoint->port,
                                     .rack = {},
                                     .unknown_tags = {}});
}

FetchResponse response_of(Context& context, LogFetched& fetched, Slices& slices) {
  FetchResponse response;
  auto& topic = response.responses.emplace_back();
  topic.topic_id = kClusterMetadataTopicId;
  topic.partitions.push_back(data_of(fetched, slices));
  if (context.request.version >= kFirstVersionWithEndpoints) add_endpoint(context, fetched, response);
  return response;
}

}  // namespace

Task<void> serve_quorum_fetch(Exchange& exchange) {
  Context& context = exchange.context;
  const auto request = wire::decode_message<FetchRequest>(exchange.frame.bytes().subspan(exchange.body_at),
                                                          context.request.version, true);
  if (!request) {
    log_malformed(exchange, request.error());
    exchange.responder.refuse();
    co_return;
  }
  exchange.is_from_follower = true;
  Slices slices;
  FetchResponse response;
  if (const ErrorCode error = error_of(context, *request); error != ErrorCode::kNone) {
    if (context.request.version >= kFirstVersionWithErrors) response.error_code = error;
  } else {
    LogFetched fetched = co_await ask(context, wanted_of(context, *request, *asked_partition(*request)));
    response = response_of(context, fetched, slices);
  }
  send_reply(exchange.responder, context.request, response, std::move(slices));
}

}  // namespace moldau::api
