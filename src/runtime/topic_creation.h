#pragma once

#include <vector>

#include "metadata/topic_decisions.h"
#include "protocol/messages/create_topics_request.h"
#include "runtime/node.h"
#include "runtime/task.h"

namespace moldau::runtime {

/// Creates topics that the broker itself wants, with all rights; for a caller on any shard. What became of
/// each of them; the error where nothing could be decided. `request`, and what it points to, outlive the
/// task.
inline Task<Result<std::vector<metadata::CreatedTopic>>> create_topics(
    Node& node, Shard& here, const protocol::CreateTopicsRequest& request) {
  return node.decide<std::vector<metadata::CreatedTopic>>(
      here, [&request](const metadata::DecisionContext& decision) {
        return metadata::create_topics(request, metadata::TopicRights{}, decision);
      });
}

}  // namespace moldau::runtime
