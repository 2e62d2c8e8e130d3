#pragma once

#include "api/context.h"
#include "protocol/messages/create_partitions_request.h"
#include "protocol/messages/create_partitions_response.h"
#include "protocol/messages/create_topics_request.h"
#include "protocol/messages/create_topics_response.h"
#include "protocol/messages/delete_topics_request.h"
#include "protocol/messages/delete_topics_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// CreateTopics (key 19): decided by the controller; answered when the topics are committed and this broker
/// serves them, so that the client's next request finds them.
runtime::Task<protocol::CreateTopicsResponse> create_topics(Context& context,
                                                            const protocol::CreateTopicsRequest& request);

/// DeleteTopics (key 20), by name or id.
runtime::Task<protocol::DeleteTopicsResponse> delete_topics(Context& context,
                                                            const protocol::DeleteTopicsRequest& request);

/// CreatePartitions (key 37): more partitions for topics that are there.
runtime::Task<protocol::CreatePartitionsResponse> create_partitions(
    Context& context, const protocol::CreatePartitionsRequest& request);

}  // namespace moldau::api
