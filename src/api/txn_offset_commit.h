#pragma once

#include "api/context.h"
#include "protocol/messages/txn_offset_commit_request.h"
#include "protocol/messages/txn_offset_commit_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// TxnOffsetCommit (key 28): offsets that count when a transaction commits (KIP-98, KIP-447, KIP-890). From
/// version 5 on the transaction takes the group's partition in; before, that is verified unless
/// `transaction.partition.verification.enable` is off.
runtime::Task<protocol::TxnOffsetCommitResponse> txn_offset_commit(
    Context& context, const protocol::TxnOffsetCommitRequest& request);

}  // namespace moldau::api
