#pragma once

#include "api/context.h"
#include "net/responder.h"
#include "protocol/messages/api_versions_request.h"
#include "protocol/messages/api_versions_response.h"
#include "runtime/task.h"

namespace moldau::api {

/// ApiVersions (key 18): the keys and versions of this listener and the cluster's features. A client name or
/// version that KIP-511 does not allow is INVALID_REQUEST.
runtime::Task<protocol::ApiVersionsResponse> api_versions(Context& context,
                                                          const protocol::ApiVersionsRequest& request);

/// The answer to ApiVersions of a version that this broker does not know: UNSUPPORTED_VERSION in the layout
/// of version 0 with the versions that it does know (KIP-511).
void answer_unknown_version(const net::Responder& responder, const RequestInfo& request);

}  // namespace moldau::api
