#pragma once

#include <cstdint>
#include <string>

#include "base/error_code.h"
#include "log/end_txn_marker.h"
#include "runtime/node.h"
#include "runtime/shard.h"
#include "runtime/task.h"

namespace moldau::runtime {

/// Writes the marker that ends a transaction to one partition of this node, for a caller on any shard; a
/// partition of __consumer_offsets takes or drops the offsets that the transaction committed. Returns when it
/// is as durable and as replicated as the topic demands. UNKNOWN_TOPIC_OR_PARTITION where no such replica is
/// online here; NOT_LEADER_OR_FOLLOWER, NOT_ENOUGH_REPLICAS, REQUEST_TIMED_OUT, INVALID_PRODUCER_EPOCH,
/// TRANSACTION_COORDINATOR_FENCED; UNKNOWN_SERVER_ERROR for a marker that names no producer.
Task<ErrorCode> write_marker(Node& node, Shard& here, std::string topic, std::int32_t partition,
                             log::TransactionMarker marker);

}  // namespace moldau::runtime
