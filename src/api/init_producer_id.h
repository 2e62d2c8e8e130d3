#pragma once

#include "api/context.h"
#include "protocol/messages/init_producer_id_request.h"
#include "protocol/messages/init_producer_id_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// InitProducerId (key 22) of an idempotent producer: a fresh producer id with epoch 0 (KIP-98). A
/// transactional id is UNSUPPORTED_VERSION: this release has no transactions, and the client is to give up at
/// once instead of trying again.
runtime::Task<protocol::InitProducerIdResponse> init_producer_id(
    Context& context, const protocol::InitProducerIdRequest& request);

}  // namespace moldau::api
