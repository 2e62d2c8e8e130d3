#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "api/context.h"
#include "metadata/image_queries.h"

namespace moldau::api {

/// Whether the client asked a node that does not lead, or believes in an older leader.
inline bool has_other_leader(ErrorCode error) {
  return error == ErrorCode::kNotLeaderOrFollower || error == ErrorCode::kFencedLeaderEpoch;
}

/// Tells who leads the partition (KIP-951), so that the client need not ask for metadata first. `leader` is
/// the part of the answer for that.
template <class Leader>
void tell_leader(const Context& context, const Uuid& topic_id, std::int32_t partition_id, Leader& leader) {
  const metadata::Partition* partition = context.cluster->image.partition(topic_id, partition_id);
  if (partition == nullptr) return;
  if constexpr (std::is_same_v<decltype(leader.leader_id), BrokerId>) {
    leader.leader_id = partition->leader;
  } else {
    leader.leader_id = partition->leader.value();
  }
  leader.leader_epoch = partition->leader_epoch;
}

/// Adds the address of a leader that was told of, once.
template <class Response>
void add_endpoint(const Context& context, BrokerId leader, Response& response) {
  if (std::ranges::any_of(response.node_endpoints,
                          [leader](const auto& endpoint) { return endpoint.node_id == leader; })) {
    return;
  }
  const auto node = metadata::broker_node(context.cluster->image, leader, context.listener.name);
  if (!node) return;
  response.node_endpoints.push_back(
      {.node_id = node->id, .host = node->host, .port = node->port, .rack = node->rack, .unknown_tags = {}});
}

}  // namespace moldau::api
