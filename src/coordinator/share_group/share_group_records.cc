#include "coordinator/share_group/share_group_records.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "coordinator/consumer/assigned_record_codec.h"
#include "protocol/messages/share_group_current_member_assignment_key.h"
#include "protocol/messages/share_group_current_member_assignment_value.h"
#include "protocol/messages/share_group_member_metadata_key.h"
#include "protocol/messages/share_group_member_metadata_value.h"
#include "protocol/messages/share_group_metadata_key.h"
#include "protocol/messages/share_group_metadata_value.h"
#include "protocol/messages/share_group_state_partition_metadata_key.h"
#include "protocol/messages/share_group_state_partition_metadata_value.h"
#include "protocol/messages/share_group_target_assignment_member_key.h"
#include "protocol/messages/share_group_target_assignment_member_value.h"
#include "protocol/messages/share_group_target_assignment_metadata_key.h"
#include "protocol/messages/share_group_target_assignment_metadata_value.h"

namespace moldau::coordinator {
namespace {

namespace p = protocol;

using Topics = std::vector<p::ShareGroupStatePartitionMetadataValue::TopicPartitionsInfo>;

std::map<Uuid, ShareTopic> share_topics(const Topics& topics) {
  std::map<Uuid, ShareTopic> result;
  for (const auto& topic : topics) {
    ShareTopic& entry = result[topic.topic_id];
    entry.name = topic.topic_name;
    entry.partitions.insert(topic.partitions.begin(), topic.partitions.end());
  }
  return result;
}

Topics to_topics(const std::map<Uuid, ShareTopic>& topics) {
  Topics result;
  for (const auto& [topic_id, topic] : topics) {
    auto& entry = result.emplace_back();
    entry.topic_id = topic_id;
    entry.topic_name = topic.name;
    entry.partitions.assign(topic.partitions.begin(), topic.partitions.end());
  }
  return result;
}

Result<ShareGroupRecord> decode_subscription(ByteView key, std::optional<ByteView> bytes) {
  using Value = p::ShareGroupMemberMetadataValue;
  return decode_group_change<ShareGroupRecord, p::ShareGroupMemberMetadataKey, Value>(
      key, bytes, [](const auto& of, const std::optional<Value>& value) {
        ShareSubscriptionRecord record{std::string(of.member_id), std::nullopt};
        if (!value) return record;
        ShareSubscription& subscription = record.value.emplace();
        if (value->rack_id) subscription.rack_id = *value->rack_id;
        subscription.client_id = value->client_id;
        subscription.client_host = value->client_host;
        subscription.topics.insert(value->subscribed_topic_names.begin(),
                                   value->subscribed_topic_names.end());
        return record;
      });
}

Result<ShareGroupRecord> decode_current(ByteView key, std::optional<ByteView> bytes) {
  using Value = p::ShareGroupCurrentMemberAssignmentValue;
  return decode_group_change<ShareGroupRecord, p::ShareGroupCurrentMemberAssignmentKey, Value>(
      key, bytes, [](const auto& of, const std::optional<Value>& value) {
        ShareCurrentRecord record{std::string(of.member_id), std::nullopt};
        if (!value) return record;
        ShareAssignment& assignment = record.value.emplace();
        assignment.epoch = value->member_epoch;
        assignment.previous_epoch = value->previous_member_epoch;
        assignment.state = member_state_of(value->state);
        for (const auto& topic : value->assigned_partitions)
          assignment.assigned[topic.topic_id].insert(topic.partitions.begin(), topic.partitions.end());
        return record;
      });
}

Result<ShareGroupRecord> decode_states(ByteView key, std::optional<ByteView> bytes) {
  using Value = p::ShareGroupStatePartitionMetadataValue;
  return decode_group_change<ShareGroupRecord, p::ShareGroupStatePartitionMetadataKey, Value>(
      key, bytes, [](const auto&, const std::optional<Value>& value) {
        ShareStatesRecord record;
        if (!value) return record;
        ShareStates& states = record.value.emplace();
        states.initializing = share_topics(value->initializing_topics);
        states.initialized = share_topics(value->initialized_topics);
        for (const auto& topic : value->deleting_topics)
          states.deleting.insert_or_assign(topic.topic_id, std::string(topic.topic_name));
        return record;
      });
}

Record encode(std::string_view group, const GroupEpochRecord& record) {
  return encode_group_epoch<p::ShareGroupMetadataKey, p::ShareGroupMetadataValue>(group, record);
}

Record encode(std::string_view group, const TargetEpochRecord& record) {
  return encode_target_epoch<p::ShareGroupTargetAssignmentMetadataKey,
                             p::ShareGroupTargetAssignmentMetadataValue>(group, record);
}

Record encode(std::string_view group, const TargetRecord& record) {
  return encode_target<p::ShareGroupTargetAssignmentMemberKey, p::ShareGroupTargetAssignmentMemberValue>(
      group, record);
}

Record encode(std::string_view group, const ShareSubscriptionRecord& record) {
  Record encoded{member_key<p::ShareGroupMemberMetadataKey>(group, record.member), std::nullopt};
  if (!record.value) return encoded;
  p::ShareGroupMemberMetadataValue value;
  value.rack_id = record.value->rack_id;
  value.client_id = record.value->client_id;
  value.client_host = record.value->client_host;
  value.subscribed_topic_names.assign(record.value->topics.begin(), record.value->topics.end());
  encoded.value = group_value_bytes(value);
  return encoded;
}

Record encode(std::string_view group, const ShareCurrentRecord& record) {
  Record encoded{member_key<p::ShareGroupCurrentMemberAssignmentKey>(group, record.member), std::nullopt};
  if (!record.value) return encoded;
  p::ShareGroupCurrentMemberAssignmentValue value;
  value.member_epoch = record.value->epoch;
  value.previous_member_epoch = record.value->previous_epoch;
  value.state = static_cast<std::int8_t>(record.value->state);
  for (const auto& [topic_id, partitions] : record.value->assigned) {
    auto& topic = value.assigned_partitions.emplace_back();
    topic.topic_id = topic_id;
    topic.partitions.assign(partitions.begin(), partitions.end());
  }
  encoded.value = group_value_bytes(value);
  return encoded;
}

Record encode(std::string_view group, const ShareStatesRecord& record) {
  Record encoded{group_key<p::ShareGroupStatePartitionMetadataKey>(group), std::nullopt};
  if (!record.value) return encoded;
  p::ShareGroupStatePartitionMetadataValue value;
  value.initializing_topics = to_topics(record.value->initializing);
  value.initialized_topics = to_topics(record.value->initialized);
  for (const auto& [topic_id, name] : record.value->deleting) {
    auto& topic = value.deleting_topics.emplace_back();
    topic.topic_id = topic_id;
    topic.topic_name = name;
  }
  encoded.value = group_value_bytes(value);
  return encoded;
}

}  // namespace

bool is_share_group_record(std::int16_t type) {
  return type >= p::ShareGroupMemberMetadataKey::kApiKey &&
         type <= p::ShareGroupStatePartitionMetadataKey::kApiKey;
}

Result<ShareGroupRecord> decode_share_group_record(std::int16_t type, ByteView key,
                                                   std::optional<ByteView> value) {
  switch (type) {
    case p::ShareGroupMemberMetadataKey::kApiKey:
      return decode_subscription(key, value);
    case p::ShareGroupMetadataKey::kApiKey:
      return decode_group_epoch<ShareGroupRecord, p::ShareGroupMetadataKey, p::ShareGroupMetadataValue>(
          key, value);
    case p::ShareGroupTargetAssignmentMetadataKey::kApiKey:
      return decode_target_epoch<ShareGroupRecord, p::ShareGroupTargetAssignmentMetadataKey,
                                 p::ShareGroupTargetAssignmentMetadataValue>(key, value);
    case p::ShareGroupTargetAssignmentMemberKey::kApiKey:
      return decode_target<ShareGroupRecord, p::ShareGroupTargetAssignmentMemberKey,
                           p::ShareGroupTargetAssignmentMemberValue>(key, value);
    case p::ShareGroupCurrentMemberAssignmentKey::kApiKey:
      return decode_current(key, value);
    case p::ShareGroupStatePartitionMetadataKey::kApiKey:
      return decode_states(key, value);
    default:
      return fail(ErrorCode::kCorruptMessage, "record type " + std::to_string(type) + " is no share group's");
  }
}

Record encode_share_group_record(std::string_view group, const ShareGroupChange& change) {
  return std::visit([&](const auto& record) { return encode(group, record); }, change);
}

}  // namespace moldau::coordinator
