#pragma once

#include "api/context.h"
#include "protocol/messages/describe_producers_request.h"
#include "protocol/messages/describe_producers_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// DescribeProducers (key 61, KIP-664): the producers with an id that a partition remembers.
runtime::Task<protocol::DescribeProducersResponse> describe_producers(
    Context& context, const protocol::DescribeProducersRequest& request);

}  // namespace moldau::api
