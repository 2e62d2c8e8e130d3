#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "protocol/messages/consumer_group_heartbeat_request.h"

namespace moldau::coordinator {

/// What is wrong with a heartbeat whatever the group is: INVALID_REQUEST, or UNSUPPORTED_ASSIGNOR where it
/// asks for an assignor that is not among `assignors` (group.consumer.assignors).
Result<void> check_heartbeat(const protocol::ConsumerGroupHeartbeatRequest& request, std::int16_t api_version,
                             std::span<const std::string> assignors);

}  // namespace moldau::coordinator
