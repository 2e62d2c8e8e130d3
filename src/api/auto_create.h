#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "api/context.h"
#include "runtime/task.h"

namespace moldau::api {

/// What a client is told of a topic that it named and that is not there.
struct MissingTopic {
  std::string_view name;
  ErrorCode error = ErrorCode::kNone;
};

/// Creates the topics of those names where `may_create`, internal ones with their own settings, and says of
/// each what the client is to hear: INVALID_TOPIC_EXCEPTION for a name that cannot be one, and otherwise
/// UNKNOWN_TOPIC_OR_PARTITION, as Apache Kafka does while a topic is being made: the client looks again.
runtime::Task<std::vector<MissingTopic>> create_missing(Context& context,
                                                        std::span<const std::string_view> names,
                                                        bool may_create);

}  // namespace moldau::api
