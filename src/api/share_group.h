#pragma once

#include "api/context.h"
#include "protocol/messages/share_group_describe_request.h"
#include "protocol/messages/share_group_describe_response.h"
#include "protocol/messages/share_group_heartbeat_request.h"
#include "protocol/messages/share_group_heartbeat_response.h"
#include "runtime/task.h"

/// Members of share groups (KIP-932). UNSUPPORTED_VERSION where the cluster has no share groups
/// (share.version 0).
namespace moldau::api {

/// Whether the cluster has share groups.
bool has_share_groups(const Context& context);

runtime::Task<protocol::ShareGroupHeartbeatResponse> share_group_heartbeat(
    Context& context, const protocol::ShareGroupHeartbeatRequest& request);
runtime::Task<protocol::ShareGroupDescribeResponse> share_group_describe(
    Context& context, const protocol::ShareGroupDescribeRequest& request);

}  // namespace moldau::api
