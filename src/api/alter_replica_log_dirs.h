#pragma once

#include "api/context.h"
#include "protocol/messages/alter_replica_log_dirs_request.h"
#include "protocol/messages/alter_replica_log_dirs_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// AlterReplicaLogDirs (KIP-113): replicas of this broker begin to move to other log directories. The answer
/// does not wait for them; DescribeLogDirs shows how far they are.
runtime::Task<protocol::AlterReplicaLogDirsResponse> alter_replica_log_dirs(
    Context& context, const protocol::AlterReplicaLogDirsRequest& request);

}  // namespace moldau::api
