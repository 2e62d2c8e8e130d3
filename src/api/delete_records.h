#pragma once

#include "api/context.h"
#include "protocol/messages/delete_records_request.h"
#include "protocol/messages/delete_records_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// DeleteRecords (key 21): moves the start of logs up. Of a partition named again and again the last offset
/// counts. Internal topics are INVALID_TOPIC_EXCEPTION.
runtime::Task<protocol::DeleteRecordsResponse> delete_records(Context& context,
                                                              const protocol::DeleteRecordsRequest& request);

}  // namespace moldau::api
