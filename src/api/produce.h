#pragma once

#include "api/handler.h"
#include "runtime/task.h"

namespace moldau::api {

/// Produce (key 0): appends one batch a partition where it lies in the frame. With acks 0 there is no answer,
/// and an error closes the connection, as in Apache Kafka.
runtime::Task<void> serve_produce(Exchange& exchange);

}  // namespace moldau::api
