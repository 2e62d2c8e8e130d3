#pragma once

#include "api/context.h"
#include "protocol/messages/alter_configs_request.h"
#include "protocol/messages/alter_configs_response.h"
#include "protocol/messages/incremental_alter_configs_request.h"
#include "protocol/messages/incremental_alter_configs_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// AlterConfigs (key 33): the configs given take the place of all that a resource had. On a broker's listener
/// this broker checks what concerns it before the controller decides; a controller's listener takes every
/// resource to the controller as it is.
runtime::Task<protocol::AlterConfigsResponse> alter_configs(Context& context,
                                                            const protocol::AlterConfigsRequest& request);

/// IncrementalAlterConfigs (key 44, KIP-339): sets, deletes, appends and subtracts, the rest stays.
runtime::Task<protocol::IncrementalAlterConfigsResponse> incremental_alter_configs(
    Context& context, const protocol::IncrementalAlterConfigsRequest& request);

}  // namespace moldau::api
