#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "coordinator/streams_group/member.h"
#include "coordinator/streams_group/task_reconciliation.h"
#include "coordinator/streams_group/topology.h"
#include "protocol/messages/streams_group_heartbeat_request.h"

namespace moldau::coordinator {

/// What a member says of itself. What it leaves out stays as it was.
struct StreamsHeartbeat {
  std::string member = {};
  std::int32_t epoch = 0;
  std::int32_t endpoint_epoch = 0;  ///< of the endpoints that it knows
  std::string client_id = {};
  std::string client_host = {};
  std::optional<std::string> rack_id = {};
  std::optional<std::int32_t> rebalance_timeout_ms = {};
  std::optional<StreamsTopology> topology = {};
  std::optional<OwnedTasks> owned = {};
  std::optional<std::string> process_id = {};
  std::optional<StreamsEndpoint> user_endpoint = {};
  std::optional<TextMap> client_tags = {};
  bool wants_shutdown = false;
};

/// What is wrong with a heartbeat whatever the group is: INVALID_REQUEST, also for what Apache Kafka 4.3.1
/// does not support yet, or STREAMS_INVALID_TOPOLOGY. The names of its topics are checked elsewhere.
Result<void> check_streams_heartbeat(const protocol::StreamsGroupHeartbeatRequest& request);

/// What a request that passed the check says. UNKNOWN_SERVER_ERROR, as of Apache Kafka, where it names a tag
/// twice.
Result<StreamsHeartbeat> streams_heartbeat_of(const protocol::StreamsGroupHeartbeatRequest& request,
                                              std::string_view client_id, std::string_view client_host);

}  // namespace moldau::coordinator
