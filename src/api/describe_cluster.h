#pragma once

#include "api/context.h"
#include "protocol/messages/describe_cluster_request.h"
#include "protocol/messages/describe_cluster_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// DescribeCluster (key 60): the nodes of the cluster, brokers or controllers (KIP-919).
runtime::Task<protocol::DescribeClusterResponse> describe_cluster(
    Context& context, const protocol::DescribeClusterRequest& request);

}  // namespace moldau::api
