#include "coordinator.h"

#include <unistd.h>

#include "broker_peer.h"
#include "protocol/messages/describe_groups_request.h"
#include "protocol/messages/describe_groups_response.h"
#include "protocol/messages/find_coordinator_response.h"

namespace moldau::bench {
namespace {

constexpr auto kPatience = std::chrono::seconds(60);
constexpr useconds_t kBackoffMicroseconds = 50'000;

/// What keeps the broker from being the group's coordinator.
ErrorCode obstacle(BrokerPeer& peer, const std::string& group) {
  using Find = protocol::FindCoordinatorRequest;
  const auto found =
      peer.ask<protocol::FindCoordinatorResponse>(find_coordinator_of(group), Find::kVersions.highest);
  if (const ErrorCode error = found->coordinators.at(0).error_code; error != ErrorCode::kNone) return error;
  protocol::DescribeGroupsRequest request;
  request.groups.emplace_back(group);
  const auto described =
      peer.ask<protocol::DescribeGroupsResponse>(request, protocol::DescribeGroupsRequest::kVersions.highest);
  const ErrorCode error = described->groups.at(0).error_code;
  // So speaks a coordinator of a group that is still to come.
  return error == ErrorCode::kGroupIdNotFound ? ErrorCode::kNone : error;
}

}  // namespace

protocol::FindCoordinatorRequest find_coordinator_of(const std::string& key) {
  protocol::FindCoordinatorRequest request;
  request.coordinator_keys.emplace_back(key);
  return request;
}

void await_coordinator(io::uv::UvHost& host, const io::SocketAddress& address, const std::string& group) {
  BrokerPeer peer(host, address);
  const Instant last = host.loop(0).clock().now() + kPatience;
  for (ErrorCode error = obstacle(peer, group); error != ErrorCode::kNone; error = obstacle(peer, group)) {
    if (host.loop(0).clock().now() > last) check_error("waiting for a coordinator", error);
    ::usleep(kBackoffMicroseconds);
  }
}

}  // namespace moldau::bench
