#pragma once

#include "api/context.h"
#include "protocol/messages/find_coordinator_request.h"
#include "protocol/messages/find_coordinator_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// FindCoordinator (key 10): where a group's coordinator is; makes its internal topic on first use. Other
/// kinds of coordinators are not built: INVALID_REQUEST, so that clients give up instead of looking on.
runtime::Task<protocol::FindCoordinatorResponse> find_coordinator(
    Context& context, const protocol::FindCoordinatorRequest& request);

}  // namespace moldau::api
