#include "api/handlers.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "api/acls.h"
#include "api/add_to_txn.h"
#include "api/all_failed.h"
#include "api/alter_configs.h"
#include "api/alter_replica_log_dirs.h"
#include "api/api_versions.h"
#include "api/consumer_group.h"
#include "api/delete_records.h"
#include "api/describe_cluster.h"
#include "api/describe_configs.h"
#include "api/describe_log_dirs.h"
#include "api/describe_producers.h"
#include "api/describe_quorum.h"
#include "api/describe_topic_partitions.h"
#include "api/elect_leaders.h"
#include "api/end_txn.h"
#include "api/fetch.h"
#include "api/find_coordinator.h"
#include "api/group_deletion.h"
#include "api/group_listing.h"
#include "api/group_membership.h"
#include "api/group_offsets.h"
#include "api/init_producer_id.h"
#include "api/list_config_resources.h"
#include "api/list_offsets.h"
#include "api/metadata.h"
#include "api/produce.h"
#include "api/quorum_fetch.h"
#include "api/reassignments.h"
#include "api/share_acknowledge.h"
#include "api/share_fetch.h"
#include "api/share_group.h"
#include "api/share_group_offsets.h"
#include "api/share_group_state.h"
#include "api/streams_group.h"
#include "api/topics.h"
#include "api/transaction_listing.h"
#include "api/txn_offset_commit.h"
#include "api/unregister_broker.h"
#include "api/update_features.h"
#include "api/write_txn_markers.h"

namespace moldau::api {
namespace {

using protocol::ApiKey;

/// What the schemas say of a key; a key that is none does not compile.
consteval protocol::ApiInfo info(ApiKey key) {
  for (const protocol::ApiInfo& api : protocol::kApis) {
    if (api.key == key) return api;
  }
  throw "no such key";
}

/// A row for a handler that serves the exchange itself.
consteval Handler row(ApiKey key, Serve serve) {
  const protocol::ApiInfo api = info(key);
  return {api.key, api.versions, api.latest_version_unstable, api.on_broker, api.on_controller, serve};
}

/// One key, two services: what a broker's listener serves is no concern of a controller's.
runtime::Task<void> serve_fetch_here(Exchange& exchange) {
  return exchange.context.listener.is_controller ? serve_quorum_fetch(exchange) : serve_fetch(exchange);
}

template <class Request, class Response, runtime::Task<Response> (*handle)(Context&, const Request&),
          AllFailed<Request, Response> failed = nullptr>
consteval Handler row(ApiKey key) {
  return handler_of<Request, Response, handle, failed>(info(key));
}

constexpr std::array kHandlers = {
    row(ApiKey::kProduce, serve_produce),
    row(ApiKey::kFetch, serve_fetch_here),
    row<protocol::ListOffsetsRequest, protocol::ListOffsetsResponse, list_offsets>(ApiKey::kListOffsets),
    row<protocol::MetadataRequest, protocol::MetadataResponse, metadata>(ApiKey::kMetadata),
    row<protocol::OffsetCommitRequest, protocol::OffsetCommitResponse, offset_commit>(ApiKey::kOffsetCommit),
    row<protocol::OffsetFetchRequest, protocol::OffsetFetchResponse, offset_fetch>(ApiKey::kOffsetFetch),
    row<protocol::FindCoordinatorRequest, protocol::FindCoordinatorResponse, find_coordinator>(
        ApiKey::kFindCoordinator),
    row<protocol::JoinGroupRequest, protocol::JoinGroupResponse, join_group>(ApiKey::kJoinGroup),
    row<protocol::HeartbeatRequest, protocol::HeartbeatResponse, heartbeat>(ApiKey::kHeartbeat),
    row<protocol::LeaveGroupRequest, protocol::LeaveGroupResponse, leave_group>(ApiKey::kLeaveGroup),
    row<protocol::SyncGroupRequest, protocol::SyncGroupResponse, sync_group>(ApiKey::kSyncGroup),
    row<protocol::DescribeGroupsRequest, protocol::DescribeGroupsResponse, describe_groups, all_failed>(
        ApiKey::kDescribeGroups),
    row<protocol::ListGroupsRequest, protocol::ListGroupsResponse, list_groups>(ApiKey::kListGroups),
    row<protocol::ApiVersionsRequest, protocol::ApiVersionsResponse, api_versions>(ApiKey::kApiVersions),
    row<protocol::CreateTopicsRequest, protocol::CreateTopicsResponse, create_topics, all_failed>(
        ApiKey::kCreateTopics),
    row<protocol::DeleteTopicsRequest, protocol::DeleteTopicsResponse, delete_topics>(ApiKey::kDeleteTopics),
    row<protocol::DeleteRecordsRequest, protocol::DeleteRecordsResponse, delete_records>(
        ApiKey::kDeleteRecords),
    row<protocol::InitProducerIdRequest, protocol::InitProducerIdResponse, init_producer_id>(
        ApiKey::kInitProducerId),
    row<protocol::OffsetForLeaderEpochRequest, protocol::OffsetForLeaderEpochResponse,
        offset_for_leader_epoch>(ApiKey::kOffsetForLeaderEpoch),
    row<protocol::AddPartitionsToTxnRequest, protocol::AddPartitionsToTxnResponse, add_partitions_to_txn>(
        ApiKey::kAddPartitionsToTxn),
    row<protocol::AddOffsetsToTxnRequest, protocol::AddOffsetsToTxnResponse, add_offsets_to_txn>(
        ApiKey::kAddOffsetsToTxn),
    row<protocol::EndTxnRequest, protocol::EndTxnResponse, end_txn>(ApiKey::kEndTxn),
    row<protocol::WriteTxnMarkersRequest, protocol::WriteTxnMarkersResponse, write_txn_markers>(
        ApiKey::kWriteTxnMarkers),
    row<protocol::TxnOffsetCommitRequest, protocol::TxnOffsetCommitResponse, txn_offset_commit>(
        ApiKey::kTxnOffsetCommit),
    row(ApiKey::kDescribeAcls, serve_describe_acls),
    row(ApiKey::kCreateAcls, serve_create_acls),
    row(ApiKey::kDeleteAcls, serve_delete_acls),
    row<protocol::DescribeConfigsRequest, protocol::DescribeConfigsResponse, describe_configs, all_failed>(
        ApiKey::kDescribeConfigs),
    row<protocol::AlterConfigsRequest, protocol::AlterConfigsResponse, alter_configs, all_failed>(
        ApiKey::kAlterConfigs),
    row<protocol::AlterReplicaLogDirsRequest, protocol::AlterReplicaLogDirsResponse, alter_replica_log_dirs>(
        ApiKey::kAlterReplicaLogDirs),
    row<protocol::DescribeLogDirsRequest, protocol::DescribeLogDirsResponse, describe_log_dirs>(
        ApiKey::kDescribeLogDirs),
    row<protocol::CreatePartitionsRequest, protocol::CreatePartitionsResponse, create_partitions>(
        ApiKey::kCreatePartitions),
    row<protocol::DeleteGroupsRequest, protocol::DeleteGroupsResponse, delete_groups>(ApiKey::kDeleteGroups),
    row<protocol::ElectLeadersRequest, protocol::ElectLeadersResponse, elect_leaders, all_failed>(
        ApiKey::kElectLeaders),
    row<protocol::IncrementalAlterConfigsRequest, protocol::IncrementalAlterConfigsResponse,
        incremental_alter_configs, all_failed>(ApiKey::kIncrementalAlterConfigs),
    row<protocol::AlterPartitionReassignmentsRequest, protocol::AlterPartitionReassignmentsResponse,
        alter_partition_reassignments, all_failed>(ApiKey::kAlterPartitionReassignments),
    row<protocol::ListPartitionReassignmentsRequest, protocol::ListPartitionReassignmentsResponse,
        list_partition_reassignments>(ApiKey::kListPartitionReassignments),
    row<protocol::OffsetDeleteRequest, protocol::OffsetDeleteResponse, offset_delete>(ApiKey::kOffsetDelete),
    row<protocol::DescribeQuorumRequest, protocol::DescribeQuorumResponse, describe_quorum>(
        ApiKey::kDescribeQuorum),
    row<protocol::UpdateFeaturesRequest, protocol::UpdateFeaturesResponse, update_features, all_failed>(
        ApiKey::kUpdateFeatures),
    row<protocol::DescribeClusterRequest, protocol::DescribeClusterResponse, describe_cluster>(
        ApiKey::kDescribeCluster),
    row<protocol::DescribeProducersRequest, protocol::DescribeProducersResponse, describe_producers,
        all_failed>(ApiKey::kDescribeProducers),
    row<protocol::UnregisterBrokerRequest, protocol::UnregisterBrokerResponse, unregister_broker>(
        ApiKey::kUnregisterBroker),
    row<protocol::DescribeTransactionsRequest, protocol::DescribeTransactionsResponse, describe_transactions>(
        ApiKey::kDescribeTransactions),
    row<protocol::ListTransactionsRequest, protocol::ListTransactionsResponse, list_transactions>(
        ApiKey::kListTransactions),
    row<protocol::ConsumerGroupHeartbeatRequest, protocol::ConsumerGroupHeartbeatResponse,
        consumer_group_heartbeat>(ApiKey::kConsumerGroupHeartbeat),
    row<protocol::ConsumerGroupDescribeRequest, protocol::ConsumerGroupDescribeResponse,
        consumer_group_describe>(ApiKey::kConsumerGroupDescribe),
    row<protocol::ListConfigResourcesRequest, protocol::ListConfigResourcesResponse, list_config_resources>(
        ApiKey::kListConfigResources),
    row<protocol::DescribeTopicPartitionsRequest, protocol::DescribeTopicPartitionsResponse,
        describe_topic_partitions>(ApiKey::kDescribeTopicPartitions),
    row<protocol::ShareGroupHeartbeatRequest, protocol::ShareGroupHeartbeatResponse, share_group_heartbeat>(
        ApiKey::kShareGroupHeartbeat),
    row<protocol::ShareGroupDescribeRequest, protocol::ShareGroupDescribeResponse, share_group_describe>(
        ApiKey::kShareGroupDescribe),
    row(ApiKey::kShareFetch, serve_share_fetch),
    row<protocol::ShareAcknowledgeRequest, protocol::ShareAcknowledgeResponse, share_acknowledge>(
        ApiKey::kShareAcknowledge),
    row<protocol::InitializeShareGroupStateRequest, protocol::InitializeShareGroupStateResponse,
        initialize_share_group_state>(ApiKey::kInitializeShareGroupState),
    row<protocol::ReadShareGroupStateRequest, protocol::ReadShareGroupStateResponse, read_share_group_state>(
        ApiKey::kReadShareGroupState),
    row<protocol::WriteShareGroupStateRequest, protocol::WriteShareGroupStateResponse,
        write_share_group_state>(ApiKey::kWriteShareGroupState),
    row<protocol::DeleteShareGroupStateRequest, protocol::DeleteShareGroupStateResponse,
        delete_share_group_state>(ApiKey::kDeleteShareGroupState),
    row<protocol::ReadShareGroupStateSummaryRequest, protocol::ReadShareGroupStateSummaryResponse,
        read_share_group_state_summary>(ApiKey::kReadShareGroupStateSummary),
    row<protocol::StreamsGroupHeartbeatRequest, protocol::StreamsGroupHeartbeatResponse,
        streams_group_heartbeat>(ApiKey::kStreamsGroupHeartbeat),
    row<protocol::StreamsGroupDescribeRequest, protocol::StreamsGroupDescribeResponse,
        streams_group_describe>(ApiKey::kStreamsGroupDescribe),
    row<protocol::DescribeShareGroupOffsetsRequest, protocol::DescribeShareGroupOffsetsResponse,
        describe_share_group_offsets>(ApiKey::kDescribeShareGroupOffsets),
    row<protocol::AlterShareGroupOffsetsRequest, protocol::AlterShareGroupOffsetsResponse,
        alter_share_group_offsets>(ApiKey::kAlterShareGroupOffsets),
    row<protocol::DeleteShareGroupOffsetsRequest, protocol::DeleteShareGroupOffsetsResponse,
        delete_share_group_offsets>(ApiKey::kDeleteShareGroupOffsets),
};

}  // namespace

std::span<const Handler> handlers() {
  return kHandlers;
}

const Handler* find_handler(std::int16_t api_key) {
  for (const Handler& handler : kHandlers) {
    if (static_cast<std::int16_t>(handler.key) == api_key) return &handler;
  }
  return nullptr;
}

std::vector<std::string_view> request_kinds() {
  std::vector<std::string_view> names;
  for (const Handler& handler : kHandlers) {
    const auto is_same = [&](const protocol::ApiInfo& api) { return api.key == handler.key; };
    names.push_back(std::ranges::find_if(protocol::kApis, is_same)->name);
  }
  names.insert(names.end(), {"FetchConsumer", "FetchFollower"});
  return names;
}

std::size_t kind_of(const Handler& handler) {
  return static_cast<std::size_t>(&handler - kHandlers.data());
}

std::size_t kind_of_fetch(bool is_from_follower) {
  return kHandlers.size() + (is_from_follower ? 1 : 0);
}

}  // namespace moldau::api
