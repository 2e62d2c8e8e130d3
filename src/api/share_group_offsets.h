#pragma once

#include "api/context.h"
#include "protocol/messages/alter_share_group_offsets_request.h"
#include "protocol/messages/alter_share_group_offsets_response.h"
#include "protocol/messages/delete_share_group_offsets_request.h"
#include "protocol/messages/delete_share_group_offsets_response.h"
#include "protocol/messages/describe_share_group_offsets_request.h"
#include "protocol/messages/describe_share_group_offsets_response.h"
#include "runtime/task.h"

/// Where share groups read next, for administrators (KIP-932). UNSUPPORTED_VERSION where the cluster has no
/// share groups.
namespace moldau::api {

/// Partitions that nothing is known of have the offset -1, and no error.
runtime::Task<protocol::DescribeShareGroupOffsetsResponse> describe_share_group_offsets(
    Context& context, const protocol::DescribeShareGroupOffsetsRequest& request);
runtime::Task<protocol::AlterShareGroupOffsetsResponse> alter_share_group_offsets(
    Context& context, const protocol::AlterShareGroupOffsetsRequest& request);
runtime::Task<protocol::DeleteShareGroupOffsetsResponse> delete_share_group_offsets(
    Context& context, const protocol::DeleteShareGroupOffsetsRequest& request);

}  // namespace moldau::api
