#pragma once

#include "api/context.h"
#include "protocol/messages/describe_groups_request.h"
#include "protocol/messages/describe_groups_response.h"
#include "protocol/messages/list_groups_request.h"
#include "protocol/messages/list_groups_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// DescribeGroups (key 15): state and members of classic groups.
runtime::Task<protocol::DescribeGroupsResponse> describe_groups(
    Context& context, const protocol::DescribeGroupsRequest& request);

/// ListGroups (key 16): the groups this node coordinates, by state and type.
runtime::Task<protocol::ListGroupsResponse> list_groups(Context& context,
                                                        const protocol::ListGroupsRequest& request);

}  // namespace moldau::api
