#pragma once

#include "base/error_code.h"

namespace moldau::coordinator {

/// The answer to an OffsetCommit, TxnOffsetCommit or OffsetDelete that failed as a whole: the request's
/// topics and partitions, all with one error. Views point into the request.
template <class Response, class Request>
Response reply_with_error(const Request& request, ErrorCode error) {
  Response response;
  for (const auto& topic : request.topics) {
    auto& answered = response.topics.emplace_back();
    answered.name = topic.name;
    if constexpr (requires { answered.topic_id = topic.topic_id; }) answered.topic_id = topic.topic_id;
    for (const auto& partition : topic.partitions) {
      auto& result = answered.partitions.emplace_back();
      result.partition_index = partition.partition_index;
      result.error_code = error;
    }
  }
  return response;
}

}  // namespace moldau::coordinator
