#pragma once

#include "base/result.h"
#include "base/uuid.h"

namespace moldau::coordinator {

/// What an assignor says of a subscribed topic that does not exist.
inline std::unexpected<Error> no_such_topic(const Uuid& topic_id) {
  return fail(ErrorCode::kUnknownServerError,
              "A member subscribes to topic id " + topic_id.to_string() + ", which is not there");
}

/// What an assignor says when it is left with partitions that nobody can take.
inline std::unexpected<Error> partitions_left_over() {
  return fail(ErrorCode::kUnknownServerError, "Not all partitions can be assigned");
}

}  // namespace moldau::coordinator
