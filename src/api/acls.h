#pragma once

#include "api/handler.h"
#include "runtime/task.h"

namespace moldau::api {

/// DescribeAcls, CreateAcls and DeleteAcls (keys 29 to 31) as a node without an authorizer serves them: with
/// SECURITY_DISABLED for the question, each binding or each filter. A kind or an operation that is UNKNOWN
/// (0) makes the request none: the connection is closed.
runtime::Task<void> serve_describe_acls(Exchange& exchange);
runtime::Task<void> serve_create_acls(Exchange& exchange);
runtime::Task<void> serve_delete_acls(Exchange& exchange);

}  // namespace moldau::api
