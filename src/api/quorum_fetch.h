#pragma once

#include "api/handler.h"
#include "runtime/task.h"

namespace moldau::api {

/// Fetch (key 1) on a controller's listener: the metadata log for other nodes (KIP-595). Waits up to
/// MaxWaitMs for news; MinBytes and sessions mean nothing here.
runtime::Task<void> serve_quorum_fetch(Exchange& exchange);

}  // namespace moldau::api
