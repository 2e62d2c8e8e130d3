#pragma once

#include "api/context.h"
#include "protocol/messages/streams_group_describe_request.h"
#include "protocol/messages/streams_group_describe_response.h"
#include "protocol/messages/streams_group_heartbeat_request.h"
#include "protocol/messages/streams_group_heartbeat_response.h"
#include "runtime/task.h"

/// Members of streams groups (KIP-1071). UNSUPPORTED_VERSION where the cluster has no streams groups
/// (streams.version 0), or the broker does not take the protocol (group.coordinator.rebalance.protocols).
namespace moldau::api {

/// A member's internal topics are created where they are missing.
runtime::Task<protocol::StreamsGroupHeartbeatResponse> streams_group_heartbeat(
    Context& context, const protocol::StreamsGroupHeartbeatRequest& request);
runtime::Task<protocol::StreamsGroupDescribeResponse> streams_group_describe(
    Context& context, const protocol::StreamsGroupDescribeRequest& request);

}  // namespace moldau::api
