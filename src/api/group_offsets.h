#pragma once

#include "api/context.h"
#include "protocol/messages/offset_commit_request.h"
#include "protocol/messages/offset_commit_response.h"
#include "protocol/messages/offset_fetch_request.h"
#include "protocol/messages/offset_fetch_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// OffsetCommit (key 8): by topic name, from version 10 on by topic id.
runtime::Task<protocol::OffsetCommitResponse> offset_commit(Context& context,
                                                            const protocol::OffsetCommitRequest& request);

/// OffsetFetch (key 9): of one group, from version 8 on of several; by topic id from version 10 on.
runtime::Task<protocol::OffsetFetchResponse> offset_fetch(Context& context,
                                                          const protocol::OffsetFetchRequest& request);

}  // namespace moldau::api
