#pragma once

#include <cstdint>
#include <utility>

#include "api/context.h"
#include "base/result.h"
#include "runtime/task.h"

namespace moldau::api {

/// Has the controller decide, unless the client gives it no time: REQUEST_TIMED_OUT.
template <class Response, class Decide>
runtime::Task<Result<Response>> decide_in_time(Context& context, std::int32_t timeout_ms, Decide decide) {
  if (timeout_ms <= 0) co_return fail(ErrorCode::kRequestTimedOut);
  co_return co_await context.node.decide<Response>(context.shard, std::move(decide));
}

}  // namespace moldau::api
