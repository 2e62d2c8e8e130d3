#pragma once

#include "api/context.h"
#include "protocol/messages/share_acknowledge_request.h"
#include "protocol/messages/share_acknowledge_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// A member of a share group says what became of records that it fetched (KIP-932).
runtime::Task<protocol::ShareAcknowledgeResponse> share_acknowledge(
    Context& context, const protocol::ShareAcknowledgeRequest& request);

}  // namespace moldau::api
