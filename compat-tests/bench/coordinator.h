#pragma once

#include <string>

#include "io/uv/host.h"
#include "protocol/messages/find_coordinator_request.h"

namespace moldau::bench {

/// Asks for the coordinator of one key, which outlives the request: a group's, unless the type of key is set
/// to another. Answered in its highest version.
protocol::FindCoordinatorRequest find_coordinator_of(const std::string& key);

/// Returns when that broker coordinates the group: it may have to create the topic of the offsets first, and
/// to load the group's partition of it. Ends the program when that takes over a minute.
void await_coordinator(io::uv::UvHost& host, const io::SocketAddress& address, const std::string& group);

}  // namespace moldau::bench
