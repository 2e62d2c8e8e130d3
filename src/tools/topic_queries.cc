#include "tools/topic_queries.h"

#include <algorithm>
#include <cstddef>
#include <map>

#include "config/java_number.h"
#include "config/java_order.h"
#include "protocol/messages/describe_configs_request.h"
#include "protocol/messages/describe_configs_response.h"
#include "protocol/messages/describe_topic_partitions_request.h"
#include "protocol/messages/describe_topic_partitions_response.h"
#include "protocol/messages/metadata_request.h"
#include "protocol/messages/metadata_response.h"

namespace moldau::tools {
namespace {

using protocol::DescribeConfigsRequest;
using protocol::DescribeConfigsResponse;
using protocol::DescribeTopicPartitionsRequest;
using protocol::DescribeTopicPartitionsResponse;
using TopicAnswer = DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponseTopic;
using PartitionAnswer = DescribeTopicPartitionsResponse::DescribeTopicPartitionsResponsePartition;

constexpr std::int8_t kTopicResource = 2;
constexpr std::int8_t kDefaultSource = 5;

std::vector<std::int32_t> numbers(const std::vector<BrokerId>& ids) {
  std::vector<std::int32_t> values;
  for (const BrokerId id : ids)
    values.push_back(id.value());
  return values;
}

std::optional<std::vector<std::int32_t>> numbers(const std::optional<std::vector<BrokerId>>& ids) {
  return ids ? std::optional(numbers(*ids)) : std::nullopt;
}

DescribedPartition described(const PartitionAnswer& answer) {
  return {.index = answer.partition_index,
          .leader = answer.leader_id.value(),
          .replicas = numbers(answer.replica_nodes),
          .isr = numbers(answer.isr_nodes),
          .eligible_leaders = numbers(answer.eligible_leader_replicas),
          .last_eligible_leaders = numbers(answer.last_known_elr)};
}

using Topics = std::map<std::string, DescribedTopic, std::less<>>;

Result<void> add_topic(Topics& topics, const TopicAnswer& answer) {
  if (answer.error_code == ErrorCode::kUnknownTopicOrPartition || !answer.name) return {};
  if (answer.error_code != ErrorCode::kNone) {
    return fail(answer.error_code, std::string(error_name(answer.error_code)));
  }
  const std::string name(answer.name->value());
  DescribedTopic& topic = topics[name];
  topic.name = name;
  topic.id = answer.topic_id;
  for (const PartitionAnswer& partition : answer.partitions)
    topic.partitions.push_back(described(partition));
  return {};
}

/// Answers end at the limit of partitions and name where the next one goes on.
Result<Topics> ask_partitions(Admin& admin, const std::vector<std::string>& names,
                              std::int32_t partition_limit) {
  Topics topics;
  DescribeTopicPartitionsRequest request;
  request.response_partition_limit = partition_limit;
  for (const std::string& name : names)
    request.topics.push_back({.name = TopicName(name), .unknown_tags = {}});
  std::string next_topic;
  std::int32_t next_partition = -1;
  while (true) {
    const auto answer = admin.ask<DescribeTopicPartitionsResponse>(request);
    if (!answer) return fail(answer.error());
    for (const TopicAnswer& topic : (*answer)->topics) {
      if (auto added = add_topic(topics, topic); !added) return fail(std::move(added).error());
    }
    const auto& cursor = (*answer)->next_cursor;
    if (!cursor) return topics;
    const std::string cursor_topic(cursor->topic_name.value());
    if (std::pair(cursor_topic, cursor->partition_index) <= std::pair(next_topic, next_partition)) {
      return fail(ErrorCode::kInvalidRequest, "the broker's answers go round");
    }
    next_topic = cursor_topic;
    next_partition = cursor->partition_index;
    request.cursor = DescribeTopicPartitionsRequest::Cursor{
        .topic_name = TopicName(next_topic), .partition_index = next_partition, .unknown_tags = {}};
    std::erase_if(request.topics, [&](const auto& topic) { return topic.name.value() < next_topic; });
  }
}

void add_configs(DescribedTopic& topic, const DescribeConfigsResponse::DescribeConfigsResult& answer) {
  std::map<std::string_view, const DescribeConfigsResponse::DescribeConfigsResourceResult*> by_name;
  std::vector<std::string_view> names;
  for (const auto& config : answer.configs) {
    if (by_name.emplace(config.name, &config).second) names.push_back(config.name);
  }
  config::sort_like_hash_map(names, config::hash_map_buckets(names.size()));
  for (const std::string_view name : names) {
    const auto& config = *by_name[name];
    const std::string value(config.value.value_or("null"));
    if (name == "min.insync.replicas") {
      topic.min_insync_replicas = config::parse_integer<std::int32_t>(value).value_or(1);
    }
    if (config.config_source != kDefaultSource) topic.configs.emplace_back(name, value);
  }
}

Result<void> ask_configs(Admin& admin, Topics& topics) {
  DescribeConfigsRequest request;
  for (const auto& [name, topic] : topics) {
    request.resources.push_back({.resource_type = kTopicResource,
                                 .resource_name = name,
                                 .configuration_keys = std::nullopt,
                                 .unknown_tags = {}});
  }
  const auto answer = admin.ask<DescribeConfigsResponse>(request);
  if (!answer) return fail(answer.error());
  for (const auto& result : (*answer)->results) {
    const auto topic = topics.find(result.resource_name);
    if (topic == topics.end() || result.error_code == ErrorCode::kUnknownTopicOrPartition) continue;
    if (result.error_code != ErrorCode::kNone) {
      return fail(result.error_code, words_of(result.error_code, result.error_message));
    }
    add_configs(topic->second, result);
  }
  return {};
}

}  // namespace

Result<std::vector<ListedTopic>> list_topics(Admin& admin) {
  protocol::MetadataRequest request;
  request.topics = std::nullopt;
  request.allow_auto_topic_creation = false;
  const auto answer = admin.ask<protocol::MetadataResponse>(request);
  if (!answer) return fail(answer.error());
  std::vector<ListedTopic> topics;
  for (const auto& topic : (*answer)->topics) {
    if (!topic.name) continue;
    topics.push_back(
        {.name = std::string(topic.name->value()), .id = topic.topic_id, .is_internal = topic.is_internal});
  }
  std::ranges::sort(topics, {}, &ListedTopic::name);
  return topics;
}

Result<std::vector<DescribedTopic>> describe_topics(Admin& admin, const std::vector<std::string>& names,
                                                    std::int32_t partition_limit) {
  std::vector<DescribedTopic> described;
  if (names.empty()) return described;
  auto topics = ask_partitions(admin, names, partition_limit);
  if (!topics) return fail(std::move(topics).error());
  if (auto asked = ask_configs(admin, *topics); !asked) return fail(std::move(asked).error());
  std::vector<std::string_view> order(names.begin(), names.end());
  // The tool makes its map for just so many.
  config::sort_like_hash_map(order, config::hash_map_buckets(order.size(), 1));
  for (const std::string_view name : order) {
    const auto topic = topics->find(name);
    if (topic != topics->end()) described.push_back(std::move(topic->second));
  }
  return described;
}

}  // namespace moldau::tools
