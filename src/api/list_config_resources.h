#pragma once

#include "api/context.h"
#include "protocol/messages/list_config_resources_request.h"
#include "protocol/messages/list_config_resources_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// ListConfigResources (key 74, KIP-1142): all topics, brokers and their loggers, and the groups and client
/// metrics subscriptions that have configs; of the types asked for, or of all. Version 0 knows client metrics
/// only. UNSUPPORTED_VERSION for other types.
runtime::Task<protocol::ListConfigResourcesResponse> list_config_resources(
    Context& context, const protocol::ListConfigResourcesRequest& request);

}  // namespace moldau::api
