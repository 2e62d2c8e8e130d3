#pragma once

#include "api/handler.h"
#include "runtime/task.h"

namespace moldau::api {

/// A member of a share group acknowledges records and acquires others (KIP-932). As with Fetch, the records
/// are sent from their files.
runtime::Task<void> serve_share_fetch(Exchange& exchange);

}  // namespace moldau::api
