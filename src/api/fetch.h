#pragma once

#include "api/handler.h"
#include "runtime/task.h"

namespace moldau::api {

/// Fetch (key 1): batches as they lie in the log, as file slices; waits up to MaxWaitMs for MinBytes.
runtime::Task<void> serve_fetch(Exchange& exchange);

}  // namespace moldau::api
