#pragma once

#include "api/context.h"
#include "protocol/messages/end_txn_request.h"
#include "protocol/messages/end_txn_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// EndTxn: commits or aborts; answered when that is decided for good, before all partitions know (KIP-98).
/// From version 5 on the answer has the producer's next id and epoch (KIP-890).
runtime::Task<protocol::EndTxnResponse> end_txn(Context& context, const protocol::EndTxnRequest& request);

}  // namespace moldau::api
