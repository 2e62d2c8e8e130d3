#pragma once

#include "api/context.h"
#include "protocol/messages/heartbeat_request.h"
#include "protocol/messages/heartbeat_response.h"
#include "protocol/messages/join_group_request.h"
#include "protocol/messages/join_group_response.h"
#include "protocol/messages/leave_group_request.h"
#include "protocol/messages/leave_group_response.h"
#include "protocol/messages/sync_group_request.h"
#include "protocol/messages/sync_group_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// JoinGroup (key 11), SyncGroup (14), Heartbeat (12) and LeaveGroup (13) of classic groups (KIP-62).
runtime::Task<protocol::JoinGroupResponse> join_group(Context& context,
                                                      const protocol::JoinGroupRequest& request);
runtime::Task<protocol::SyncGroupResponse> sync_group(Context& context,
                                                      const protocol::SyncGroupRequest& request);
runtime::Task<protocol::HeartbeatResponse> heartbeat(Context& context,
                                                     const protocol::HeartbeatRequest& request);
runtime::Task<protocol::LeaveGroupResponse> leave_group(Context& context,
                                                        const protocol::LeaveGroupRequest& request);

}  // namespace moldau::api
