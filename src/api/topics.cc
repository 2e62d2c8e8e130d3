#include "api/topics.h"

#include <string>
#include <utility>
#include <vector>

#include "api/all_failed.h"
#include "api/decide_in_time.h"
#include "api/keep_any.h"
#include "metadata/topic_decisions.h"

namespace moldau::api {
namespace {

using protocol::CreatePartitionsRequest;
using protocol::CreatePartitionsResponse;
using protocol::CreateTopicsRequest;
using protocol::CreateTopicsResponse;
using protocol::DeleteTopicsRequest;
using protocol::DeleteTopicsResponse;
using Extended = std::vector<metadata::ExtendedTopic>;
using Created = std::vector<metadata::CreatedTopic>;
using Deleted = std::vector<metadata::DeletedTopic>;

CreateTopicsResponse::CreatableTopicResult result_of(Context& context, metadata::CreatedTopic& topic) {
  CreateTopicsResponse::CreatableTopicResult result;
  result.name = TopicName(context.keep(std::move(topic.name)));
  result.topic_id = topic.topic_id;
  result.error_code = topic.error;
  result.error_message = keep_any(context, std::move(topic.error_message));
  if (context.request.version < 5) return result;
  result.topic_config_error_code = static_cast<std::int16_t>(topic.config_error);
  result.num_partitions = topic.partition_count;
  result.replication_factor = topic.replication_factor;
  for (metadata::EffectiveConfig& config : topic.configs) {
    result.configs->push_back({.name = context.keep(std::move(config.name)),
                               .value = keep_any(context, std::move(config.value)),
                               .read_only = config.is_read_only,
                               .config_source = config.source,
                               .is_sensitive = config.is_sensitive,
                               .unknown_tags = {}});
  }
  return result;
}

}  // namespace

runtime::Task<CreateTopicsResponse> create_topics(Context& context, const CreateTopicsRequest& request) {
  CreateTopicsResponse response;
  const Instant deadline = context.shard.now() + std::chrono::milliseconds(request.timeout_ms);
  auto created = co_await decide_in_time<Created>(
      context, request.timeout_ms, [&request](const metadata::DecisionContext& decision) {
        return metadata::create_topics(request, metadata::TopicRights{}, decision);
      });
  if (!created) co_return all_failed(request, context.request.version, failure_of(context, created.error()));
  for (metadata::CreatedTopic& topic : *created) {
    if (topic.error == ErrorCode::kNone && !request.validate_only) {
      co_await context.node.topic_visible(context.shard, topic.name, deadline);
    }
    response.topics.push_back(result_of(context, topic));
  }
  co_return response;
}

runtime::Task<DeleteTopicsResponse> delete_topics(Context& context, const DeleteTopicsRequest& request) {
  DeleteTopicsResponse response;
  auto deleted = co_await decide_in_time<Deleted>(
      context, request.timeout_ms,
      [&request, version = context.request.version](const metadata::DecisionContext& decision) {
        return metadata::delete_topics(request, version, metadata::TopicRights{}, decision);
      });
  if (!deleted) co_return all_failed(request, context.request.version, {.code = deleted.error().code});
  for (metadata::DeletedTopic& topic : *deleted) {
    DeleteTopicsResponse::DeletableTopicResult result;
    result.name.reset();
    if (topic.name) result.name = TopicName(context.keep(std::move(*topic.name)));
    result.topic_id = topic.topic_id;
    result.error_code = topic.error;
    result.error_message = keep_any(context, std::move(topic.error_message));
    response.responses.push_back(std::move(result));
  }
  co_return response;
}

runtime::Task<CreatePartitionsResponse> create_partitions(Context& context,
                                                          const CreatePartitionsRequest& request) {
  CreatePartitionsResponse response;
  auto extended = co_await decide_in_time<Extended>(
      context, request.timeout_ms, [&request](const metadata::DecisionContext& decision) {
        return metadata::create_partitions(request, metadata::TopicRights{}, decision);
      });
  if (!extended) co_return all_failed(request, context.request.version, {.code = extended.error().code});
  for (metadata::ExtendedTopic& topic : *extended) {
    auto& result = response.results.emplace_back();
    result.name = TopicName(context.keep(std::move(topic.name)));
    result.error_code = topic.error;
    result.error_message = keep_any(context, std::move(topic.error_message));
  }
  co_return response;
}

}  // namespace moldau::api
