#pragma once

#include "api/context.h"
#include "protocol/messages/describe_configs_request.h"
#include "protocol/messages/describe_configs_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// DescribeConfigs (key 32): the settings of topics, of this broker or of all, of groups and of client
/// metrics, with where each value comes from. Documentation is null: its words are Apache Kafka's own. The
/// loggers of a broker are Java's; here there are none.
runtime::Task<protocol::DescribeConfigsResponse> describe_configs(
    Context& context, const protocol::DescribeConfigsRequest& request);

}  // namespace moldau::api
