#include "api/metadata.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "api/auto_create.h"
#include "api/operations.h"
#include "metadata/image_queries.h"
#include "metadata/topic.h"

namespace moldau::api {
namespace {

using protocol::MetadataRequest;
using protocol::MetadataResponse;
using ResponseTopic = MetadataResponse::MetadataResponseTopic;

metadata::StatusRules rules_for(std::int16_t version) {
  return {.hide_unavailable_replicas = version == 0, .report_missing_listener = version >= 6};
}

ResponseTopic describe(const Context& context, const metadata::Topic& topic, bool operations) {
  ResponseTopic described;
  described.name = TopicName(topic.name());
  described.topic_id = topic.id();
  described.is_internal = metadata::is_internal_topic(topic.name());
  if (operations) described.topic_authorized_operations = kAllTopicOperations;
  auto status = metadata::topic_status(context.cluster->image, topic, context.listener.name,
                                       rules_for(context.request.version));
  described.partitions.reserve(status.size());
  for (metadata::PartitionStatus& partition : status) {
    described.partitions.push_back({.error_code = partition.error,
                                    .partition_index = partition.partition_id,
                                    .leader_id = partition.leader_id,
                                    .leader_epoch = partition.leader_epoch,
                                    .replica_nodes = std::move(partition.replicas),
                                    .isr_nodes = std::move(partition.isr),
                                    .offline_replicas = std::move(partition.offline_replicas),
                                    .unknown_tags = {}});
  }
  return described;
}

ResponseTopic unknown(ErrorCode error, std::optional<TopicName> name, const Uuid& id) {
  ResponseTopic topic;
  topic.error_code = error;
  topic.name = name;
  topic.topic_id = id;
  topic.is_internal = name && metadata::is_internal_topic(name->value());
  return topic;
}

/// The whole request failed: its topics with that error, and nothing of the cluster.
MetadataResponse refused(const MetadataRequest& request, ErrorCode error) {
  MetadataResponse response;
  response.error_code = error;
  for (const auto& asked : *request.topics) {
    // A name is never null here, whatever the request said.
    response.topics.push_back(unknown(error, asked.name.value_or(TopicName("")), asked.topic_id));
    response.topics.back().is_internal = false;
  }
  return response;
}

/// Version 0 says "all" by an empty list, later ones by null.
bool wants_all(const Context& context, const MetadataRequest& request) {
  return !request.topics || (context.request.version == 0 && request.topics->empty());
}

bool names_ids(const MetadataRequest& request) {
  return std::ranges::any_of(*request.topics, [](const auto& asked) { return !asked.topic_id.is_zero(); });
}

/// Whether the topics are named as the version allows. Apache Kafka fails inside where version 12 names a
/// topic by nothing at all.
ErrorCode check_topics(const Context& context, const MetadataRequest& request) {
  constexpr std::int16_t kFirstVersionById = 12;
  const bool by_id = names_ids(request);
  const bool nameless = std::ranges::any_of(*request.topics, [](const auto& asked) { return !asked.name; });
  if (context.request.version < kFirstVersionById) {
    return by_id || nameless ? ErrorCode::kInvalidRequest : ErrorCode::kNone;
  }
  return nameless && !by_id ? ErrorCode::kUnknownServerError : ErrorCode::kNone;
}

/// The topics of the request's ids. Where there is one, names say nothing.
void add_by_id(const Context& context, const MetadataRequest& request, MetadataResponse& response) {
  std::set<Uuid> ids;
  for (const auto& asked : *request.topics) {
    if (asked.topic_id.is_zero() || !ids.insert(asked.topic_id).second) continue;
    const metadata::Topic* topic = context.cluster->image.topic(asked.topic_id);
    response.topics.push_back(topic != nullptr
                                  ? describe(context, *topic, request.include_topic_authorized_operations)
                                  : unknown(ErrorCode::kUnknownTopicId, std::nullopt, asked.topic_id));
  }
}

/// The topics of the request's names, those that are not there at the end.
runtime::Task<void> add_by_name(Context& context, const MetadataRequest& request,
                                MetadataResponse& response) {
  std::set<std::string_view> names;
  std::vector<std::string_view> missing;
  for (const auto& asked : *request.topics) {
    if (!names.insert(asked.name->value()).second) continue;
    if (const metadata::Topic* topic = context.cluster->image.topic(asked.name->value())) {
      response.topics.push_back(describe(context, *topic, request.include_topic_authorized_operations));
    } else {
      missing.push_back(asked.name->value());
    }
  }
  if (missing.empty()) co_return;
  const bool may_create =
      request.allow_auto_topic_creation && context.node.config().topics.auto_create_enable;
  const auto outcomes = co_await create_missing(context, missing, may_create);
  for (const MissingTopic& outcome : outcomes) {
    ResponseTopic& topic =
        response.topics.emplace_back(unknown(outcome.error, TopicName(outcome.name), Uuid()));
    if (request.include_topic_authorized_operations) topic.topic_authorized_operations = kAllTopicOperations;
  }
}

}  // namespace

runtime::Task<MetadataResponse> metadata(Context& context, const MetadataRequest& request) {
  MetadataResponse response;
  if (wants_all(context, request)) {
    for (const auto& [name, topic] : context.cluster->image.topics_by_name) {
      response.topics.push_back(describe(context, *topic, request.include_topic_authorized_operations));
    }
  } else if (const ErrorCode error = check_topics(context, request); error != ErrorCode::kNone) {
    co_return refused(request, error);
  } else if (names_ids(request)) {
    add_by_id(context, request, response);
  } else {
    co_await add_by_name(context, request, response);
  }
  for (const metadata::BrokerNode& broker :
       metadata::broker_nodes(context.cluster->image, context.listener.name)) {
    response.brokers.push_back({.node_id = broker.id,
                                .host = broker.host,
                                .port = broker.port,
                                .rack = broker.rack,
                                .unknown_tags = {}});
  }
  response.cluster_id = context.node.cluster_id();
  response.controller_id = metadata::controller_for_clients(context.cluster->image, context.node.id());
  if (request.include_cluster_authorized_operations) {
    response.cluster_authorized_operations = kAllClusterOperations;
  }
  co_return response;
}

}  // namespace moldau::api
