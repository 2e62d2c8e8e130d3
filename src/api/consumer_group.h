#pragma once

#include "api/context.h"
#include "protocol/messages/consumer_group_describe_request.h"
#include "protocol/messages/consumer_group_describe_response.h"
#include "protocol/messages/consumer_group_heartbeat_request.h"
#include "protocol/messages/consumer_group_heartbeat_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// ConsumerGroupHeartbeat (KIP-848): a member joins, stays in, or leaves a consumer group, and hears which
/// partitions are its own. UNSUPPORTED_VERSION where the cluster has no such groups (group.version 0).
runtime::Task<protocol::ConsumerGroupHeartbeatResponse> consumer_group_heartbeat(
    Context& context, const protocol::ConsumerGroupHeartbeatRequest& request);

/// ConsumerGroupDescribe: what is committed of consumer groups.
runtime::Task<protocol::ConsumerGroupDescribeResponse> consumer_group_describe(
    Context& context, const protocol::ConsumerGroupDescribeRequest& request);

}  // namespace moldau::api
