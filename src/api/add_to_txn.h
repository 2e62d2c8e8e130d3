#pragma once

#include "api/context.h"
#include "protocol/messages/add_offsets_to_txn_request.h"
#include "protocol/messages/add_offsets_to_txn_response.h"
#include "protocol/messages/add_partitions_to_txn_request.h"
#include "protocol/messages/add_partitions_to_txn_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// AddPartitionsToTxn: up to version 3 by a client for its transaction, from 4 on by brokers for several,
/// which may also only ask (KIP-890). If a partition is not there none is added.
runtime::Task<protocol::AddPartitionsToTxnResponse> add_partitions_to_txn(
    Context& context, const protocol::AddPartitionsToTxnRequest& request);

/// AddOffsetsToTxn: adds the partition that keeps the group's offsets.
runtime::Task<protocol::AddOffsetsToTxnResponse> add_offsets_to_txn(
    Context& context, const protocol::AddOffsetsToTxnRequest& request);

}  // namespace moldau::api
