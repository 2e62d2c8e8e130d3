#pragma once

#include "api/context.h"
#include "protocol/messages/alter_partition_reassignments_request.h"
#include "protocol/messages/alter_partition_reassignments_response.h"
#include "protocol/messages/list_partition_reassignments_request.h"
#include "protocol/messages/list_partition_reassignments_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// AlterPartitionReassignments (key 45): other replicas for partitions, or what is under way taken back.
runtime::Task<protocol::AlterPartitionReassignmentsResponse> alter_partition_reassignments(
    Context& context, const protocol::AlterPartitionReassignmentsRequest& request);

/// ListPartitionReassignments (key 46): what is under way. The controller is asked, as the client may just
/// have begun it there.
runtime::Task<protocol::ListPartitionReassignmentsResponse> list_partition_reassignments(
    Context& context, const protocol::ListPartitionReassignmentsRequest& request);

}  // namespace moldau::api
