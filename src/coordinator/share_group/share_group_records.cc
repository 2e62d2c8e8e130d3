#include "coordinator/share_group/share_group_records.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "coordinator/consumer/target_record.h"
#include "coordinator/record_bytes.h"
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

constexpr std::int16_t kVersion = 0;

template <class Key>
Bytes group_key(std::string_view group) {
  Key key;
  key.group_id = group;
  return prefixed(Key::kApiKey, key, kVersion);
}

template <class Key>
Bytes member_key(std::string_view group, std::string_view member) {
  Key key;
  key.group_id = group;
  key.member_id = member;
  return prefixed(Key::kApiKey, key, kVersion);
}

template <class Value>
Bytes value_bytes(const Value& value) {
  return prefixed(kVersion, value, kVersion);
}

/// Reads key and value; `make(key, value)` gives the change, where no value is a tombstone.
template <class Key, class Value, class Make>
Result<ShareGroupRecord> decode(ByteView key_bytes, std::optional<ByteView> value_bytes, Make make) {
  const auto key = decode_behind_prefix<Key>(key_bytes, kVersion);
  if (!key) return fail(key.error());
  std::optional<Value> value;
  if (value_bytes) {
    const auto version = read_prefix(*value_bytes);
    if (!version) return fail(version.error());
    auto read = decode_behind_prefix<Value>(*value_bytes, *version);
    if (!read) return fail(std::move(read).error());
    value = *std::move(read);
  }
  return ShareGroupRecord{std::string(key->group_id), make(*key, value)};
}

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
  return decode<p::ShareGroupMemberMetadataKey, Value>(
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

Result<ShareGroupRecord> decode_epoch(ByteView key, std::optional<ByteView> bytes) {
  using Value = p::ShareGroupMetadataValue;
  return decode<p::ShareGroupMetadataKey, Value>(key, bytes,
                                                 [](const auto&, const std::optional<Value>& value) {
                                                   ShareEpochRecord record;
                                                   if (value)
                                                     record.value = {value->epoch, value->metadata_hash};
                                                   return record;
                                                 });
}

Result<ShareGroupRecord> decode_target_epoch(ByteView key, std::optional<ByteView> bytes) {
  using Value = p::ShareGroupTargetAssignmentMetadataValue;
  return decode<p::ShareGroupTargetAssignmentMetadataKey, Value>(
      key, bytes, [](const auto&, const std::optional<Value>& value) {
        ShareTargetEpochRecord record;
        if (value) record.value = {value->assignment_epoch, value->assignment_timestamp};
        return record;
      });
}

Result<ShareGroupRecord> decode_target(ByteView key, std::optional<ByteView> bytes) {
  using Value = p::ShareGroupTargetAssignmentMemberValue;
  return decode<p::ShareGroupTargetAssignmentMemberKey, Value>(
      key, bytes, [](const auto& of, const std::optional<Value>& value) {
        ShareTargetRecord record{std::string(of.member_id), std::nullopt};
        if (value) record.value = unique_assignment(value->topic_partitions);
        return record;
      });
}

Result<ShareGroupRecord> decode_current(ByteView key, std::optional<ByteView> bytes) {
  using Value = p::ShareGroupCurrentMemberAssignmentValue;
  return decode<p::ShareGroupCurrentMemberAssignmentKey, Value>(
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
  return decode<p::ShareGroupStatePartitionMetadataKey, Value>(
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

Record encode(std::string_view group, const ShareSubscriptionRecord& record) {
  Record encoded{member_key<p::ShareGroupMemberMetadataKey>(group, record.member), std::nullopt};
  if (!record.value) return encoded;
  p::ShareGroupMemberMetadataValue value;
  value.rack_id = record.value->rack_id;
  value.client_id = record.value->client_id;
  value.client_host = record.value->client_host;
  value.subscribed_topic_names.assign(record.value->topics.begin(), record.value->topics.end());
  encoded.value = value_bytes(value);
  return encoded;
}

Record encode(std::string_view group, const ShareEpochRecord& record) {
  Record encoded{group_key<p::ShareGroupMetadataKey>(group), std::nullopt};
  if (!record.value) return encoded;
  p::ShareGroupMetadataValue value;
  value.epoch = record.value->epoch;
  value.metadata_hash = record.value->metadata_hash;
  encoded.value = value_bytes(value);
  return encoded;
}

Record encode(std::string_view group, const ShareTargetEpochRecord& record) {
  Record encoded{group_key<p::ShareGroupTargetAssignmentMetadataKey>(group), std::nullopt};
  if (!record.value) return encoded;
  p::ShareGroupTargetAssignmentMetadataValue value;
  value.assignment_epoch = record.value->epoch;
  value.assignment_timestamp = record.value->timestamp_ms;
  encoded.value = value_bytes(value);
  return encoded;
}

Record encode(std::string_view group, const ShareTargetRecord& record) {
  Record encoded{member_key<p::ShareGroupTargetAssignmentMemberKey>(group, record.member), std::nullopt};
  if (!record.value) return encoded;
  p::ShareGroupTargetAssignmentMemberValue value;
  for (const TopicAssignment& assigned : *record.value) {
    auto& topic = value.topic_partitions.emplace_back();
    topic.topic_id = assigned.topic_id;
    topic.partitions = assigned.partitions;
  }
  encoded.value = value_bytes(value);
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
  encoded.value = value_bytes(value);
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
  encoded.value = value_bytes(value);
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
      return decode_epoch(key, value);
    case p::ShareGroupTargetAssignmentMetadataKey::kApiKey:
      return decode_target_epoch(key, value);
    case p::ShareGroupTargetAssignmentMemberKey::kApiKey:
      return decode_target(key, value);
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
