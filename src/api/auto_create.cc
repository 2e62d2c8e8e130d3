#include "api/auto_create.h"

#include <algorithm>
#include <string>
#include <utility>

#include "metadata/topic.h"
#include "observe/log.h"
#include "runtime/internal_topics.h"
#include "runtime/topic_creation.h"

namespace moldau::api {
namespace {

using protocol::CreateTopicsRequest;

/// How the topic is to be made: internal ones as their coordinator wants them, others by the defaults.
CreateTopicsRequest::CreatableTopic specification(Context& context, std::string_view name) {
  if (const auto internal = runtime::internal_topic(context.node.config(), name)) {
    CreateTopicsRequest::CreatableTopic topic = internal->specification;
    for (auto& config : topic.configs)
      config.value = context.keep(std::string(*config.value));
    return topic;
  }
  CreateTopicsRequest::CreatableTopic topic;
  topic.name = TopicName(name);
  topic.num_partitions = -1;
  topic.replication_factor = -1;
  return topic;
}

}  // namespace

runtime::Task<std::vector<MissingTopic>> create_missing(Context& context,
                                                        std::span<const std::string_view> names,
                                                        bool may_create) {
  std::vector<MissingTopic> outcomes;
  CreateTopicsRequest request;
  for (const std::string_view name : names) {
    if (!metadata::reason_for_invalid_topic_name(name).empty()) {
      outcomes.push_back({name, ErrorCode::kInvalidTopicException});
      continue;
    }
    outcomes.push_back({name, ErrorCode::kUnknownTopicOrPartition});
    if (may_create) request.topics.push_back(specification(context, name));
  }
  if (request.topics.empty()) co_return outcomes;
  const auto created = co_await runtime::create_topics(context.node, context.shard, request);
  if (!created) observe::warn("topics were asked for and not made: {}", created.error().message);
  co_return outcomes;
}

}  // namespace moldau::api
