#pragma once

#include "api/context.h"
#include "protocol/messages/metadata_request.h"
#include "protocol/messages/metadata_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// Metadata (key 3): brokers, and topics by name or id with their leaders. Unknown names are created where
/// the request and `auto.create.topics.enable` allow it, and are reported as unknown meanwhile.
runtime::Task<protocol::MetadataResponse> metadata(Context& context,
                                                   const protocol::MetadataRequest& request);

}  // namespace moldau::api
