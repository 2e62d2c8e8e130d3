#pragma once

#include <cstdint>

#include "metadata/decision.h"
#include "protocol/messages/allocate_producer_ids_request.h"
#include "protocol/messages/allocate_producer_ids_response.h"
#include "protocol/messages/alter_partition_request.h"
#include "protocol/messages/alter_partition_response.h"
#include "protocol/messages/assign_replicas_to_dirs_request.h"
#include "protocol/messages/assign_replicas_to_dirs_response.h"

namespace moldau::metadata {

/// Producer ids that a broker gets at once.
inline constexpr std::int32_t kProducerIdBlockSize = 1000;

/// AlterPartition: a leader changes its in-sync set. Errors per partition stand in the answer.
/// STALE_BROKER_EPOCH as the whole answer for another incarnation.
Result<Decision<protocol::AlterPartitionResponse>> alter_partition(
    const protocol::AlterPartitionRequest& request, std::int16_t request_version,
    const DecisionContext& context);

/// AssignReplicasToDirs: a broker tells in which directories its replicas lie; a directory that is not online
/// costs them their leadership. STALE_BROKER_EPOCH, or UNSUPPORTED_VERSION before 3.7-IV2, as the whole
/// answer.
Result<Decision<protocol::AssignReplicasToDirsResponse>> assign_replicas_to_dirs(
    const protocol::AssignReplicasToDirsRequest& request, const DecisionContext& context);

/// AllocateProducerIds: the next block of ids. STALE_BROKER_EPOCH as the whole answer.
Result<Decision<protocol::AllocateProducerIdsResponse>> allocate_producer_ids(
    const protocol::AllocateProducerIdsRequest& request, const DecisionContext& context);

}  // namespace moldau::metadata
