#pragma once

#include "api/context.h"
#include "protocol/messages/unregister_broker_request.h"
#include "protocol/messages/unregister_broker_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// UnregisterBroker (key 64): the cluster forgets a broker that is gone for good. One that still runs is no
/// longer part of the cluster until it is started anew, as in Apache Kafka.
runtime::Task<protocol::UnregisterBrokerResponse> unregister_broker(
    Context& context, const protocol::UnregisterBrokerRequest& request);

}  // namespace moldau::api
