#pragma once

#include <cstdint>
#include <variant>

#include "metadata/decision.h"
#include "protocol/messages/broker_heartbeat_request.h"
#include "protocol/messages/broker_registration_request.h"
#include "protocol/messages/controller_registration_request.h"

namespace moldau::metadata {

struct RegisteredBroker {
  std::int64_t broker_epoch = -1;
};

/// BrokerRegistration. A new incarnation gets the next offset as its epoch and starts fenced; the same one
/// keeps its epoch and state. A broker that does not name its former epoch (or can't, before version 3) did
/// not stop cleanly: with ELR on it leaves all ISRs and ELRs first. INCONSISTENT_CLUSTER_ID,
/// DUPLICATE_BROKER_REGISTRATION while another incarnation has a lease, INVALID_REGISTRATION,
/// UNSUPPORTED_VERSION for a broker that can't run at a finalized level.
Result<Decision<RegisteredBroker>> register_broker(const protocol::BrokerRegistrationRequest& request,
                                                   std::int16_t request_version,
                                                   const DecisionContext& context);

struct HeartbeatReply {
  bool is_caught_up = false;
  bool is_fenced = true;
  bool should_shut_down = false;
  /// Tell the leases where this began once the records have their offsets:
  /// sessions.begin_controlled_shutdown(id, last offset), the offset of the newest record if there are none
  /// here.
  bool in_controlled_shutdown = false;
};

/// BrokerHeartbeat: extends the lease, then fences, unfences or shuts down as the broker asks and as it has
/// caught up; notes directories that went offline or were cordoned. STALE_BROKER_EPOCH for another
/// incarnation.
Result<Decision<HeartbeatReply>> heartbeat(const protocol::BrokerHeartbeatRequest& request,
                                           const DecisionContext& context);

/// Fences one broker whose lease ran out; `response` says whether there was any, so that one more may follow.
Decision<bool> fence_one_stale_broker(const DecisionContext& context);

/// UnregisterBroker: the broker leaves all ISRs, and its replicas wait for it. BROKER_ID_NOT_REGISTERED for
/// an unknown one, POLICY_VIOLATION for more than 10,000 records.
Result<Decision<std::monostate>> unregister_broker(BrokerId broker_id, const DecisionContext& context);

/// ControllerRegistration. UNSUPPORTED_VERSION before 3.7-IV0.
Result<Decision<std::monostate>> register_controller(const protocol::ControllerRegistrationRequest& request,
                                                     const DecisionContext& context);

}  // namespace moldau::metadata
