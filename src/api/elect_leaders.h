#pragma once

#include "api/context.h"
#include "protocol/messages/elect_leaders_request.h"
#include "protocol/messages/elect_leaders_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// ElectLeaders (key 43): preferred leaders, or any for partitions without one (KIP-460).
runtime::Task<protocol::ElectLeadersResponse> elect_leaders(Context& context,
                                                            const protocol::ElectLeadersRequest& request);

}  // namespace moldau::api
