#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coordinator/consumer/assigned_records.h"
#include "coordinator/effects.h"
#include "coordinator/record_bytes.h"

/// What the codecs of consumer groups' and share groups' records share; not for use outside of them.
namespace moldau::coordinator {

/// A record's value: all of them have version 0.
template <class Value>
Bytes group_value_bytes(const Value& value) {
  return prefixed(0, value, 0);
}

template <class Key>
Bytes group_key(std::string_view group) {
  Key key;
  key.group_id = group;
  return key_bytes(key);
}

template <class Key>
Bytes member_key(std::string_view group, std::string_view member) {
  Key key;
  key.group_id = group;
  key.member_id = member;
  return key_bytes(key);
}

/// Reads key and value; `make(key, value)` gives the change of the group, where no value is a tombstone.
/// `Decoded` is {group, change}.
template <class Decoded, class Key, class Value, class Make>
Result<Decoded> decode_group_change(ByteView key_bytes, std::optional<ByteView> value_bytes, Make make) {
  const auto key = decode_behind_prefix<Key>(key_bytes, 0);
  if (!key) return fail(key.error());
  std::optional<Value> value;
  if (value_bytes) {
    auto read = decode_value<Value>(*value_bytes);
    if (!read) return fail(std::move(read).error());
    value = *std::move(read);
  }
  return Decoded{std::string(key->group_id), make(*key, value)};
}

/// A target as its record has it, in the record's order; what it names twice counts once.
template <class Topic>
MemberAssignment unique_assignment(const std::vector<Topic>& topics) {
  MemberAssignment assignment;
  std::set<std::pair<Uuid, std::int32_t>> known;
  for (const Topic& topic : topics) {
    auto at = std::ranges::find(assignment, topic.topic_id, &TopicAssignment::topic_id);
    if (at == assignment.end()) {
      at = assignment.insert(at, {.topic_id = topic.topic_id, .partitions = {}});
    }
    for (const std::int32_t partition : topic.partitions) {
      if (known.emplace(topic.topic_id, partition).second) at->partitions.push_back(partition);
    }
  }
  return assignment;
}

template <class Decoded, class Key, class Value>
Result<Decoded> decode_group_epoch(ByteView key, std::optional<ByteView> bytes) {
  return decode_group_change<Decoded, Key, Value>(key, bytes,
                                                  [](const Key&, const std::optional<Value>& value) {
                                                    GroupEpochRecord record;
                                                    if (value)
                                                      record.value = {value->epoch, value->metadata_hash};
                                                    return record;
                                                  });
}

template <class Decoded, class Key, class Value>
Result<Decoded> decode_target_epoch(ByteView key, std::optional<ByteView> bytes) {
  return decode_group_change<Decoded, Key, Value>(
      key, bytes, [](const Key&, const std::optional<Value>& value) {
        TargetEpochRecord record;
        if (value) record.value = {value->assignment_epoch, value->assignment_timestamp};
        return record;
      });
}

template <class Decoded, class Key, class Value>
Result<Decoded> decode_target(ByteView key, std::optional<ByteView> bytes) {
  return decode_group_change<Decoded, Key, Value>(
      key, bytes, [](const Key& of, const std::optional<Value>& value) {
        TargetRecord record{std::string(of.member_id), std::nullopt};
        if (value) record.value = unique_assignment(value->topic_partitions);
        return record;
      });
}

template <class Key, class Value>
Record encode_group_epoch(std::string_view group, const GroupEpochRecord& record) {
  Record encoded{group_key<Key>(group), std::nullopt};
  if (!record.value) return encoded;
  Value value;
  value.epoch = record.value->epoch;
  value.metadata_hash = record.value->metadata_hash;
  encoded.value = group_value_bytes(value);
  return encoded;
}

template <class Key, class Value>
Record encode_target_epoch(std::string_view group, const TargetEpochRecord& record) {
  Record encoded{group_key<Key>(group), std::nullopt};
  if (!record.value) return encoded;
  Value value;
  value.assignment_epoch = record.value->epoch;
  value.assignment_timestamp = record.value->timestamp_ms;
  encoded.value = group_value_bytes(value);
  return encoded;
}

template <class Key, class Value>
Record encode_target(std::string_view group, const TargetRecord& record) {
  Record encoded{member_key<Key>(group, record.member), std::nullopt};
  if (!record.value) return encoded;
  Value value;
  for (const TopicAssignment& assigned : *record.value) {
    auto& topic = value.topic_partitions.emplace_back();
    topic.topic_id = assigned.topic_id;
    topic.partitions = assigned.partitions;
  }
  encoded.value = group_value_bytes(value);
  return encoded;
}

}  // namespace moldau::coordinator
