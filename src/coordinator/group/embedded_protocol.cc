#include "coordinator/group/embedded_protocol.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/endian.h"
#include "coordinator/record_bytes.h"
#include "protocol/messages/consumer_protocol_assignment.h"
#include "protocol/messages/consumer_protocol_subscription.h"
#include "protocol/wire/message.h"

namespace moldau::coordinator {
namespace {

/// The version that the bytes begin with, or the latest that is known of a later one.
std::optional<std::int16_t> version_of(ByteView bytes) {
  if (bytes.size() < sizeof(std::int16_t)) return std::nullopt;
  const auto version = load_big_endian<std::int16_t>(bytes.data());
  if (version < 0) return std::nullopt;
  return std::min(version, protocol::ConsumerProtocolSubscription::kVersions.highest);
}

template <class Message>
std::optional<Message> parse(ByteView bytes) {
  const auto version = version_of(bytes);
  if (!version) return std::nullopt;
  auto message = wire::decode_message<Message>(bytes.subspan(sizeof(std::int16_t)), *version, true);
  if (!message) return std::nullopt;
  return *std::move(message);
}

template <class TopicPartitions>
PartitionsByName by_name(const std::vector<TopicPartitions>& topics) {
  PartitionsByName partitions;
  for (const auto& topic : topics)
    partitions.insert_or_assign(std::string(topic.topic.value()), topic.partitions);
  return partitions;
}

}  // namespace

std::optional<EmbeddedSubscription> parse_subscription(ByteView metadata) {
  const auto message = parse<protocol::ConsumerProtocolSubscription>(metadata);
  if (!message) return std::nullopt;
  EmbeddedSubscription subscription;
  subscription.topics.assign(message->topics.begin(), message->topics.end());
  subscription.owned = by_name(message->owned_partitions);
  if (message->rack_id && !message->rack_id->empty()) subscription.rack_id = *message->rack_id;
  return subscription;
}

std::optional<std::vector<std::string>> subscribed_topics_of(ByteView metadata) {
  if (!version_of(metadata)) return std::nullopt;
  const auto subscription = wire::decode_message<protocol::ConsumerProtocolSubscription>(
      metadata.subspan(sizeof(std::int16_t)), 0, true);
  if (!subscription) return std::nullopt;
  return std::vector<std::string>(subscription->topics.begin(), subscription->topics.end());
}

std::optional<EmbeddedAssignment> parse_assignment(ByteView bytes) {
  const auto message = parse<protocol::ConsumerProtocolAssignment>(bytes);
  if (!message) return std::nullopt;
  return EmbeddedAssignment{.partitions = by_name(message->assigned_partitions),
                            .has_user_data = message->user_data && !message->user_data->bytes.empty()};
}

MemberAssignment to_assignment(const PartitionsByName& partitions, const TopicsView& topics) {
  MemberAssignment assignment;
  for (const auto& [name, of_topic] : partitions) {
    const auto id = topics.id_of(name);
    if (!id) continue;
    const std::set<std::int32_t> unique(of_topic.begin(), of_topic.end());
    assignment.push_back({.topic_id = *id, .partitions = {unique.begin(), unique.end()}});
  }
  return assignment;
}

std::optional<std::string> encode_assignment(const PartitionsByName& partitions, ByteView metadata) {
  const auto version = version_of(metadata);
  if (!version) return std::nullopt;
  protocol::ConsumerProtocolAssignment message;
  for (const auto& [topic, of_topic] : partitions) {
    auto& entry = message.assigned_partitions.emplace_back();
    entry.topic = TopicName(topic);
    entry.partitions = of_topic;
  }
  return std::string(as_text(prefixed(*version, message, *version)));
}

}  // namespace moldau::coordinator
