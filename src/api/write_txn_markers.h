#pragma once

#include "api/context.h"
#include "protocol/messages/write_txn_markers_request.h"
#include "protocol/messages/write_txn_markers_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// Ends transactions in partitions of this node, as their coordinator has decided (KIP-98, KIP-890,
/// KIP-1228). All is UNKNOWN_SERVER_ERROR and nothing is written where a marker names no producer, as in
/// Apache Kafka.
runtime::Task<protocol::WriteTxnMarkersResponse> write_txn_markers(
    Context& context, const protocol::WriteTxnMarkersRequest& request);

}  // namespace moldau::api
