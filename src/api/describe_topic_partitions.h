#pragma once

#include "api/context.h"
#include "protocol/messages/describe_topic_partitions_request.h"
#include "protocol/messages/describe_topic_partitions_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// DescribeTopicPartitions (key 75): topics by name, a page of partitions at a time, with the replicas that
/// may be elected (KIP-966).
runtime::Task<protocol::DescribeTopicPartitionsResponse> describe_topic_partitions(
    Context& context, const protocol::DescribeTopicPartitionsRequest& request);

}  // namespace moldau::api
