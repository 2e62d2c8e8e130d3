#include "api/auto_create.h"

#include <algorithm>
#include <string>
#include <utility>

#include "metadata/topic.h"
#include "metadata/topic_decisions.h"
#include "observe/log.h"
#include "protocol/messages/create_topics_request.h"
#include "runtime/group_table.h"
#include "runtime/share_state_table.h"
#include "runtime/transaction_table.h"

namespace moldau::api {
namespace {

using protocol::CreateTopicsRequest;
using Created = std::vector<metadata::CreatedTopic>;

void add_config(Context& context, CreateTopicsRequest::CreatableTopic& topic, std::string_view name,
                std::string value) {
  topic.configs.push_back({.name = name, .value = context.keep(std::move(value)), .unknown_tags = {}});
}

/// How the topic is to be made: internal ones as their coordinator wants them, others by the defaults.
CreateTopicsRequest::CreatableTopic specification(Context& context, std::string_view name) {
  const config::BrokerConfig& config = context.node.config();
  CreateTopicsRequest::CreatableTopic topic;
  topic.name = TopicName(name);
  if (name == runtime::kOffsetsTopic) {
    topic.num_partitions = config.offsets.topic_num_partitions;
    topic.replication_factor = config.offsets.topic_replication_factor;
    add_config(context, topic, "compression.type", "producer");
    add_config(context, topic, "cleanup.policy", "compact");
    add_config(context, topic, "segment.bytes", std::to_string(config.offsets.topic_segment_bytes));
  } else if (name == runtime::kTransactionStateTopic) {
    topic.num_partitions = config.transactions.state_log_num_partitions;
    topic.replication_factor = config.transactions.state_log_replication_factor;
    add_config(context, topic, "compression.type", "uncompressed");
    add_config(context, topic, "cleanup.policy", "compact");
    add_config(context, topic, "min.insync.replicas", std::to_string(config.transactions.state_log_min_isr));
    add_config(context, topic, "unclean.leader.election.enable", "false");
    add_config(context, topic, "segment.bytes", std::to_string(config.transactions.state_log_segment_bytes));
  } else if (name == runtime::kShareStateTopic) {
    topic.num_partitions = config.share_coordinator.state_topic_num_partitions;
    topic.replication_factor = config.share_coordinator.state_topic_replication_factor;
    add_config(context, topic, "cleanup.policy", "delete");
    add_config(context, topic, "compression.type", "producer");
    add_config(context, topic, "segment.bytes",
               std::to_string(config.share_coordinator.state_topic_segment_bytes));
    add_config(context, topic, "min.insync.replicas",
               std::to_string(config.share_coordinator.state_topic_min_isr));
    add_config(context, topic, "retention.ms", "-1");
  } else {
    topic.num_partitions = -1;
    topic.replication_factor = -1;
  }
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
  const auto created = co_await context.node.decide<Created>(
      context.shard, [&request](const metadata::DecisionContext& decision) {
        return metadata::create_topics(request, metadata::TopicRights{}, decision);
      });
  if (!created) observe::warn("topics were asked for and not made: {}", created.error().message);
  co_return outcomes;
}

}  // namespace moldau::api
