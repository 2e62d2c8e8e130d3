#pragma once

#include "api/context.h"
#include "protocol/messages/describe_log_dirs_request.h"
#include "protocol/messages/describe_log_dirs_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// DescribeLogDirs (KIP-113, KIP-827): what the log directories of this broker hold, of all partitions or of
/// those asked for, and the space of their disks.
runtime::Task<protocol::DescribeLogDirsResponse> describe_log_dirs(
    Context& context, const protocol::DescribeLogDirsRequest& request);

}  // namespace moldau::api
