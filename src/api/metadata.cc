#include "api/metadata.h"

#include <utility>
#include <vector>

#include "api/auto_create.h"
#include "metadata/image_queries.h"
#include "metadata/topic.h"

namespace moldau::api {
namespace {

using protocol::MetadataRequest;
using protocol::MetadataResponse;
using ResponseTopic = MetadataResponse::MetadataResponseTopic;

/// Operations a client may carry out where nothing restricts it, as the bits of their codes (KIP-430).
constexpr std::int32_t kAllTopicOperations =
    (1 << 3) | (1 << 4) | (1 << 5) | (1 << 6) | (1 << 7) | (1 << 8) | (1 << 10) | (1 << 11);
constexpr std::int32_t kAllClusterOperations =
    (1 << 5) | (1 << 7) | (1 << 8) | (1 << 9) | (1 << 10) | (1 << 11) | (1 << 12);

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

/// All topics, or those that the request names, known ones first asked for as they come.
void add_topics(Context& context, const MetadataRequest& request, MetadataResponse& response,
                std::vector<std::string_view>& missing) {
  const metadata::Image& image = context.cluster->image;
  // Version 0 says "all" by an empty list, later ones by null.
  const bool all = !request.topics || (context.request.version == 0 && request.topics->empty());
  if (all) {
    for (const auto& [name, topic] : image.topics_by_name) {
      response.topics.push_back(describe(context, *topic, request.include_topic_authorized_operations));
    }
    return;
  }
  for (const auto& asked : *request.topics) {
    const metadata::Topic* topic =
        asked.name ? image.topic(asked.name->value()) : image.topic(asked.topic_id);
    if (topic != nullptr) {
      response.topics.push_back(describe(context, *topic, request.include_topic_authorized_operations));
    } else if (!asked.name) {
      response.topics.push_back(unknown(ErrorCode::kUnknownTopicId, std::nullopt, asked.topic_id));
    } else {
      missing.push_back(asked.name->value());
    }
  }
}

}  // namespace

runtime::Task<MetadataResponse> metadata(Context& context, const MetadataRequest& request) {
  MetadataResponse response;
  std::vector<std::string_view> missing;
  add_topics(context, request, response, missing);
  if (!missing.empty()) {
    const bool may_create =
        request.allow_auto_topic_creation && context.node.config().topics.auto_create_enable;
    const auto outcomes = co_await create_missing(context, missing, may_create);
    for (const MissingTopic& outcome : outcomes) {
      response.topics.push_back(unknown(outcome.error, TopicName(outcome.name), Uuid()));
    }
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
  // Clients send controller requests to any broker, so any live one will do; this one is.
  response.controller_id = context.node.id();
  if (request.include_cluster_authorized_operations) {
    response.cluster_authorized_operations = kAllClusterOperations;
  }
  co_return response;
}

}  // namespace moldau::api
