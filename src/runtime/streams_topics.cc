#include "runtime/streams_topics.h"

#include <utility>

#include "runtime/node.h"
#include "runtime/topic_creation.h"

namespace moldau::runtime {
namespace {

using coordinator::ConfiguredInternalTopic;

constexpr std::int16_t kDefaultReplicationFactor = -1;

/// Views into the topics.
protocol::CreateTopicsRequest request_for(const std::vector<ConfiguredInternalTopic>& topics) {
  protocol::CreateTopicsRequest request;
  for (const ConfiguredInternalTopic& topic : topics) {
    auto& asked = request.topics.emplace_back();
    asked.name = TopicName(topic.name);
    asked.num_partitions = topic.partition_count;
    asked.replication_factor =
        topic.replication_factor == 0 ? kDefaultReplicationFactor : topic.replication_factor;
    for (const auto& [name, value] : topic.configs)
      asked.configs.push_back({.name = name, .value = value, .unknown_tags = {}});
  }
  return request;
}

}  // namespace

Task<StreamsTopics::Failures> StreamsTopics::create(Shard& here, std::vector<ConfiguredInternalTopic> topics,
                                                    Duration patience) {
  co_return co_await on_shard<Failures>(
      here, node_.shards()[ShardId(0)],
      [this, topics = std::move(topics), patience]() mutable -> Task<Failures> {
        co_return begin(std::move(topics), patience);
      });
}

StreamsTopics::Failures StreamsTopics::begin(std::vector<ConfiguredInternalTopic> topics, Duration patience) {
  const Instant now = node_.shards()[ShardId(0)].now();
  std::erase_if(failures_, [now](const auto& failure) { return failure.second.until <= now; });
  std::map<std::string, std::string> known;
  for (const ConfiguredInternalTopic& topic : topics) {
    if (const auto failed = failures_.find(topic.name); failed != failures_.end())
      known.emplace(topic.name, failed->second.reason);
  }
  std::erase_if(topics, [&](const ConfiguredInternalTopic& topic) {
    return known.contains(topic.name) || !under_way_.insert(topic.name).second;
  });
  if (!topics.empty()) node_.shards()[ShardId(0)].tasks().spawn(carry_out(std::move(topics), patience));
  return {known.begin(), known.end()};
}

Task<void> StreamsTopics::carry_out(std::vector<ConfiguredInternalTopic> topics, Duration patience) {
  Shard& zero = node_.shards()[ShardId(0)];
  const protocol::CreateTopicsRequest request = request_for(topics);
  const auto created = co_await create_topics(node_, zero, request);
  const Instant until = zero.now() + patience;
  for (const ConfiguredInternalTopic& topic : topics) {
    under_way_.erase(topic.name);
    if (!created) failures_[topic.name] = {.reason = created.error().message, .until = until};
  }
  if (!created) co_return;
  for (const metadata::CreatedTopic& topic : *created) {
    if (topic.error != ErrorCode::kNone)
      failures_[topic.name] = {.reason = topic.error_message.value_or(""), .until = until};
  }
}

}  // namespace moldau::runtime
