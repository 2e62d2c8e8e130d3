#pragma once

#include "api/context.h"
#include "protocol/messages/delete_groups_request.h"
#include "protocol/messages/delete_groups_response.h"
#include "protocol/messages/offset_delete_request.h"
#include "protocol/messages/offset_delete_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// DeleteGroups (key 42): groups without members, with their offsets. Each group is asked for once, however
/// often it is named.
runtime::Task<protocol::DeleteGroupsResponse> delete_groups(Context& context,
                                                            const protocol::DeleteGroupsRequest& request);

/// OffsetDelete (key 47, KIP-496): offsets of partitions that are there, of topics that no member of the
/// group is subscribed to.
runtime::Task<protocol::OffsetDeleteResponse> offset_delete(Context& context,
                                                            const protocol::OffsetDeleteRequest& request);

}  // namespace moldau::api
