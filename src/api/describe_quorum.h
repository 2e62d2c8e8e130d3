#pragma once

#include "api/context.h"
#include "protocol/messages/describe_quorum_request.h"
#include "protocol/messages/describe_quorum_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// DescribeQuorum (key 55): the leader of the metadata log and how far each replica is (KIP-595, KIP-853).
runtime::Task<protocol::DescribeQuorumResponse> describe_quorum(
    Context& context, const protocol::DescribeQuorumRequest& request);

}  // namespace moldau::api
