#include "coordinator/consumer/consumer_records.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "coordinator/consumer/assigned_record_codec.h"
#include "protocol/messages/consumer_group_current_member_assignment_key.h"
#include "protocol/messages/consumer_group_current_member_assignment_value.h"
#include "protocol/messages/consumer_group_member_metadata_key.h"
#include "protocol/messages/consumer_group_member_metadata_value.h"
#include "protocol/messages/consumer_group_metadata_key.h"
#include "protocol/messages/consumer_group_metadata_value.h"
#include "protocol/messages/consumer_group_partition_metadata_key.h"
#include "protocol/messages/consumer_group_regular_expression_key.h"
#include "protocol/messages/consumer_group_regular_expression_value.h"
#include "protocol/messages/consumer_group_target_assignment_member_key.h"
#include "protocol/messages/consumer_group_target_assignment_member_value.h"
#include "protocol/messages/consumer_group_target_assignment_metadata_key.h"
#include "protocol/messages/consumer_group_target_assignment_metadata_value.h"

namespace moldau::coordinator {
namespace {

namespace p = protocol;

std::optional<std::string> owned(std::optional<std::string_view> text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

MemberSubscription subscription_of(const p::ConsumerGroupMemberMetadataValue& value) {
  MemberSubscription subscription;
  subscription.instance_id = owned(value.instance_id);
  subscription.rack_id = owned(value.rack_id);
  subscription.client_id = value.client_id;
  subscription.client_host = value.client_host;
  subscription.topics.insert(value.subscribed_topic_names.begin(), value.subscribed_topic_names.end());
  subscription.regex = owned(value.subscribed_topic_regex);
  subscription.rebalance_timeout_ms = value.rebalance_timeout_ms;
  subscription.server_assignor = owned(value.server_assignor);
  if (value.classic_member_metadata) {
    ClassicMetadata& classic = subscription.classic.emplace();
    classic.session_timeout_ms = value.classic_member_metadata->session_timeout_ms;
    for (const auto& protocol : value.classic_member_metadata->supported_protocols) {
      classic.protocols.push_back(
          {std::string(protocol.name), std::string(as_text(protocol.metadata.bytes))});
    }
  }
  return subscription;
}

p::ConsumerGroupMemberMetadataValue to_value(const MemberSubscription& subscription) {
  p::ConsumerGroupMemberMetadataValue value;
  value.instance_id = subscription.instance_id;
  value.rack_id = subscription.rack_id;
  value.client_id = subscription.client_id;
  value.client_host = subscription.client_host;
  value.subscribed_topic_names.assign(subscription.topics.begin(), subscription.topics.end());
  value.subscribed_topic_regex = subscription.regex;
  value.rebalance_timeout_ms = subscription.rebalance_timeout_ms;
  value.server_assignor = subscription.server_assignor;
  value.classic_member_metadata.reset();
  if (subscription.classic) {
    auto& classic = value.classic_member_metadata.emplace();
    classic.session_timeout_ms = subscription.classic->session_timeout_ms;
    for (const MemberProtocol& protocol : subscription.classic->protocols) {
      auto& entry = classic.supported_protocols.emplace_back();
      entry.name = protocol.name;
      entry.metadata = as_bytes(protocol.metadata);
    }
  }
  return value;
}

using TopicPartitions = p::ConsumerGroupCurrentMemberAssignmentValue::TopicPartitions;

/// Records of before 4.3 have no epochs of their own: the partitions count as assigned at the member's.
AssignedPartitions assigned_of(const std::vector<TopicPartitions>& topics, std::int32_t member_epoch) {
  const std::int32_t default_epoch = std::max(member_epoch, 0);
  AssignedPartitions assigned;
  for (const TopicPartitions& topic : topics) {
    auto& partitions = assigned[topic.topic_id];
    const bool has_epochs =
        topic.assignment_epochs && topic.assignment_epochs->size() == topic.partitions.size();
    for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
      partitions[topic.partitions[i]] = has_epochs ? (*topic.assignment_epochs)[i] : default_epoch;
    }
  }
  return assigned;
}

std::vector<TopicPartitions> to_topics(const AssignedPartitions& assigned) {
  std::vector<TopicPartitions> topics;
  for (const auto& [topic_id, partitions] : assigned) {
    TopicPartitions& topic = topics.emplace_back();
    topic.topic_id = topic_id;
    topic.assignment_epochs.emplace();
    for (const auto& [partition, epoch] : partitions) {
      topic.partitions.push_back(partition);
      topic.assignment_epochs->push_back(epoch);
    }
  }
  return topics;
}

Result<ConsumerRecord> decode_partition_metadata(ByteView key_bytes, bool exists) {
  const auto key = decode_behind_prefix<p::ConsumerGroupPartitionMetadataKey>(key_bytes, 0);
  if (!key) return fail(key.error());
  return ConsumerRecord{std::string(key->group_id), PartitionMetadataRecord{exists}};
}

Result<ConsumerRecord> decode_subscription(ByteView key_bytes, std::optional<ByteView> value_bytes) {
  using Value = p::ConsumerGroupMemberMetadataValue;
  return decode_group_change<ConsumerRecord, p::ConsumerGroupMemberMetadataKey, Value>(
      key_bytes, value_bytes, [](const auto& key, const std::optional<Value>& value) {
        SubscriptionRecord record{std::string(key.member_id), std::nullopt};
        if (value) record.value = subscription_of(*value);
        return record;
      });
}

Result<ConsumerRecord> decode_current(ByteView key_bytes, std::optional<ByteView> value_bytes) {
  using Value = p::ConsumerGroupCurrentMemberAssignmentValue;
  return decode_group_change<ConsumerRecord, p::ConsumerGroupCurrentMemberAssignmentKey, Value>(
      key_bytes, value_bytes, [](const auto& key, const std::optional<Value>& value) {
        CurrentRecord record{std::string(key.member_id), std::nullopt};
        if (!value) return record;
        record.value = {
            .epoch = value->member_epoch,
            .previous_epoch = value->previous_member_epoch,
            .state = member_state_of(value->state),
            .assigned = assigned_of(value->assigned_partitions, value->member_epoch),
            .pending_revocation = assigned_of(value->partitions_pending_revocation, value->member_epoch)};
        return record;
      });
}

Result<ConsumerRecord> decode_regex(ByteView key_bytes, std::optional<ByteView> value_bytes) {
  using Value = p::ConsumerGroupRegularExpressionValue;
  return decode_group_change<ConsumerRecord, p::ConsumerGroupRegularExpressionKey, Value>(
      key_bytes, value_bytes, [](const auto& key, const std::optional<Value>& value) {
        RegexRecord record{std::string(key.regular_expression), std::nullopt};
        if (!value) return record;
        auto& resolved = record.value.emplace();
        resolved.topics.insert(value->topics.begin(), value->topics.end());
        resolved.version = value->version;
        resolved.timestamp_ms = value->timestamp;
        return record;
      });
}

Record encode(std::string_view group, const GroupEpochRecord& record) {
  return encode_group_epoch<p::ConsumerGroupMetadataKey, p::ConsumerGroupMetadataValue>(group, record);
}

Record encode(std::string_view group, const TargetEpochRecord& record) {
  return encode_target_epoch<p::ConsumerGroupTargetAssignmentMetadataKey,
                             p::ConsumerGroupTargetAssignmentMetadataValue>(group, record);
}

Record encode(std::string_view group, const TargetRecord& record) {
  return encode_target<p::ConsumerGroupTargetAssignmentMemberKey,
                       p::ConsumerGroupTargetAssignmentMemberValue>(group, record);
}

Record encode(std::string_view group, const PartitionMetadataRecord& record) {
  require(!record.exists, "only the tombstone of a group's partition metadata is written");
  return {group_key<p::ConsumerGroupPartitionMetadataKey>(group), std::nullopt};
}

Record encode(std::string_view group, const SubscriptionRecord& record) {
  Record encoded{member_key<p::ConsumerGroupMemberMetadataKey>(group, record.member), std::nullopt};
  if (record.value) encoded.value = group_value_bytes(to_value(*record.value));
  return encoded;
}

Record encode(std::string_view group, const CurrentRecord& record) {
  Record encoded{member_key<p::ConsumerGroupCurrentMemberAssignmentKey>(group, record.member), std::nullopt};
  if (record.value) {
    p::ConsumerGroupCurrentMemberAssignmentValue value;
    value.member_epoch = record.value->epoch;
    value.previous_member_epoch = record.value->previous_epoch;
    value.state = static_cast<std::int8_t>(record.value->state);
    value.assigned_partitions = to_topics(record.value->assigned);
    value.partitions_pending_revocation = to_topics(record.value->pending_revocation);
    encoded.value = group_value_bytes(value);
  }
  return encoded;
}

Record encode(std::string_view group, const RegexRecord& record) {
  p::ConsumerGroupRegularExpressionKey key;
  key.group_id = group;
  key.regular_expression = record.regex;
  Record encoded{key_bytes(key), std::nullopt};
  if (record.value) {
    p::ConsumerGroupRegularExpressionValue value;
    value.topics.assign(record.value->topics.begin(), record.value->topics.end());
    value.version = record.value->version;
    value.timestamp = record.value->timestamp_ms;
    encoded.value = group_value_bytes(value);
  }
  return encoded;
}

}  // namespace

bool is_consumer_record(std::int16_t type) {
  return (type >= p::ConsumerGroupMetadataKey::kApiKey &&
          type <= p::ConsumerGroupCurrentMemberAssignmentKey::kApiKey) ||
         type == p::ConsumerGroupRegularExpressionKey::kApiKey;
}

Result<ConsumerRecord> decode_consumer_record(std::int16_t type, ByteView key,
                                              std::optional<ByteView> value) {
  switch (type) {
    case p::ConsumerGroupMetadataKey::kApiKey:
      return decode_group_epoch<ConsumerRecord, p::ConsumerGroupMetadataKey, p::ConsumerGroupMetadataValue>(
          key, value);
    case p::ConsumerGroupPartitionMetadataKey::kApiKey:
      return decode_partition_metadata(key, value.has_value());
    case p::ConsumerGroupMemberMetadataKey::kApiKey:
      return decode_subscription(key, value);
    case p::ConsumerGroupTargetAssignmentMetadataKey::kApiKey:
      return decode_target_epoch<ConsumerRecord, p::ConsumerGroupTargetAssignmentMetadataKey,
                                 p::ConsumerGroupTargetAssignmentMetadataValue>(key, value);
    case p::ConsumerGroupTargetAssignmentMemberKey::kApiKey:
      return decode_target<ConsumerRecord, p::ConsumerGroupTargetAssignmentMemberKey,
                           p::ConsumerGroupTargetAssignmentMemberValue>(key, value);
    case p::ConsumerGroupCurrentMemberAssignmentKey::kApiKey:
      return decode_current(key, value);
    case p::ConsumerGroupRegularExpressionKey::kApiKey:
      return decode_regex(key, value);
    default:
      return fail(ErrorCode::kCorruptMessage,
                  "record type " + std::to_string(type) + " is no consumer group's");
  }
}

Record encode_consumer_record(std::string_view group, const ConsumerChange& change) {
  return std::visit([&](const auto& record) { return encode(group, record); }, change);
}

}  // namespace moldau::coordinator
