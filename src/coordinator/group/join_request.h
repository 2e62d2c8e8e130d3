#pragma once

#include <cstdint>

#include "protocol/messages/join_group_request.h"

namespace moldau::coordinator {

/// From this version of JoinGroup on a member without an id is sent back to come again with one (KIP-394).
inline constexpr std::int16_t kMemberIdRequiredVersion = 4;

/// The request's rebalance timeout; before version 1 there is none, and the session timeout stands in.
inline std::int32_t rebalance_timeout_of(std::int16_t api_version,
                                         const protocol::JoinGroupRequest& request) {
  return api_version < 1 ? request.session_timeout_ms : request.rebalance_timeout_ms;
}

}  // namespace moldau::coordinator
