#include "runtime/internal_topics.h"

#include <chrono>
#include <utility>

#include "base/assert.h"
#include "observe/log.h"
#include "runtime/group_table.h"
#include "runtime/share_state_table.h"
#include "runtime/topic_creation.h"
#include "runtime/transaction_table.h"

namespace moldau::runtime {
namespace {

/// A new internal topic is there sooner; a client that was told to wait would lose more.
constexpr auto kCreationTime = std::chrono::seconds(5);

void add_config(InternalTopic& topic, std::string_view name, std::string value) {
  topic.specification.configs.push_back(
      {.name = name, .value = topic.texts.emplace_back(std::move(value)), .unknown_tags = {}});
}

void specify(InternalTopic& topic, const config::OffsetsSection& config) {
  topic.specification.num_partitions = config.topic_num_partitions;
  topic.specification.replication_factor = config.topic_replication_factor;
  add_config(topic, "compression.type", "producer");
  add_config(topic, "cleanup.policy", "compact");
  add_config(topic, "segment.bytes", std::to_string(config.topic_segment_bytes));
}

void specify(InternalTopic& topic, const config::TransactionSection& config) {
  topic.specification.num_partitions = config.state_log_num_partitions;
  topic.specification.replication_factor = config.state_log_replication_factor;
  add_config(topic, "compression.type", "uncompressed");
  add_config(topic, "cleanup.policy", "compact");
  add_config(topic, "min.insync.replicas", std::to_string(config.state_log_min_isr));
  add_config(topic, "unclean.leader.election.enable", "false");
  add_config(topic, "segment.bytes", std::to_string(config.state_log_segment_bytes));
}

void specify(InternalTopic& topic, const config::ShareCoordinatorSection& config) {
  topic.specification.num_partitions = config.state_topic_num_partitions;
  topic.specification.replication_factor = config.state_topic_replication_factor;
  add_config(topic, "cleanup.policy", "delete");
  add_config(topic, "compression.type", "producer");
  add_config(topic, "segment.bytes", std::to_string(config.state_topic_segment_bytes));
  add_config(topic, "min.insync.replicas", std::to_string(config.state_topic_min_isr));
  add_config(topic, "retention.ms", "-1");
}

}  // namespace

std::optional<InternalTopic> internal_topic(const config::BrokerConfig& config, std::string_view name) {
  InternalTopic topic;
  topic.specification.name = TopicName(name);
  if (name == kOffsetsTopic) {
    specify(topic, config.offsets);
  } else if (name == kTransactionStateTopic) {
    specify(topic, config.transactions);
  } else if (name == kShareStateTopic) {
    specify(topic, config.share_coordinator);
  } else {
    return std::nullopt;
  }
  return topic;
}

Task<void> make_internal_topic(Node& node, Shard& here, std::string_view name) {
  const auto topic = internal_topic(node.config(), name);
  require(topic.has_value(), "the topic of a coordinator");
  if (node.cluster_view(here)->image.topic(name) != nullptr) co_return;
  protocol::CreateTopicsRequest request;
  request.topics.push_back(topic->specification);
  const auto created = co_await create_topics(node, here, request);
  if (!created) observe::warn("topic {} was asked for and not made: {}", name, created.error().message);
  co_await node.topic_visible(here, std::string(name), here.now() + kCreationTime);
}

}  // namespace moldau::runtime
