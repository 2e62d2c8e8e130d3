#include "coordinator/group/group_records.h"

#include <utility>

#include "coordinator/record_bytes.h"
#include "protocol/messages/group_metadata_key.h"
#include "protocol/messages/legacy_offset_commit_key.h"
#include "protocol/messages/legacy_offset_commit_value.h"
#include "protocol/messages/offset_commit_key.h"
#include "protocol/messages/offset_commit_value.h"

namespace moldau::coordinator {
namespace {

constexpr std::int16_t kLegacyOffsetCommit = 0;
constexpr std::int16_t kOffsetCommit = 1;
constexpr std::int16_t kGroupMetadata = 2;

constexpr std::int16_t kOffsetCommitValueVersion = 4;
constexpr std::int16_t kOffsetCommitValueVersionWithExpiry = 1;
constexpr std::int16_t kGroupMetadataValueVersion = 3;

template <class Key>
Result<OffsetKey> decode_offset_key(ByteView bytes) {
  auto key = decode_behind_prefix<Key>(bytes, 0);
  if (!key) return fail(std::move(key).error());
  return OffsetKey{std::string(key->group), std::string(key->topic), key->partition};
}

Result<GroupRecord> decode_legacy_offset(ByteView key_bytes, std::optional<ByteView> value_bytes) {
  auto key = decode_offset_key<protocol::LegacyOffsetCommitKey>(key_bytes);
  if (!key) return fail(std::move(key).error());
  if (!value_bytes) return OffsetRecord{*std::move(key), std::nullopt};
  auto value = decode_value<protocol::LegacyOffsetCommitValue>(*value_bytes);
  if (!value) return fail(std::move(value).error());
  StoredOffset stored;
  stored.offset = value->offset;
  stored.metadata = value->metadata;
  stored.commit_timestamp = value->commit_timestamp;
  return OffsetRecord{*std::move(key), std::move(stored)};
}

Result<GroupRecord> decode_offset(ByteView key_bytes, std::optional<ByteView> value_bytes) {
  auto key = decode_offset_key<protocol::OffsetCommitKey>(key_bytes);
  if (!key) return fail(std::move(key).error());
  if (!value_bytes) return OffsetRecord{*std::move(key), std::nullopt};
  auto value = decode_value<protocol::OffsetCommitValue>(*value_bytes);
  if (!value) return fail(std::move(value).error());
  StoredOffset stored;
  stored.offset = value->offset;
  stored.leader_epoch = value->leader_epoch;
  stored.metadata = value->metadata;
  stored.commit_timestamp = value->commit_timestamp;
  stored.expire_timestamp = value->expire_timestamp;
  stored.topic_id = value->topic_id;
  return OffsetRecord{*std::move(key), std::move(stored)};
}

Result<GroupRecord> decode_group_metadata(ByteView key_bytes, std::optional<ByteView> value_bytes) {
  auto key = decode_behind_prefix<protocol::GroupMetadataKey>(key_bytes, 0);
  if (!key) return fail(std::move(key).error());
  GroupMetadataRecord record{std::string(key->group), std::nullopt};
  if (value_bytes) {
    auto value = decode_value<protocol::GroupMetadataValue>(*value_bytes);
    if (!value) return fail(std::move(value).error());
    record.value = *std::move(value);
  }
  return record;
}

template <class Record>
Result<GroupRecord> widened(Result<Record> record) {
  if (!record) return fail(std::move(record).error());
  return *std::move(record);
}

}  // namespace

Result<GroupRecord> decode_group_record(ByteView key, std::optional<ByteView> value) {
  const auto type = read_prefix(key);
  if (!type) return fail(type.error());
  switch (*type) {
    case kLegacyOffsetCommit:
      return decode_legacy_offset(key, value);
    case kOffsetCommit:
      return decode_offset(key, value);
    case kGroupMetadata:
      return decode_group_metadata(key, value);
    default:
      if (is_consumer_record(*type)) return widened(decode_consumer_record(*type, key, value));
      if (is_share_group_record(*type)) return widened(decode_share_group_record(*type, key, value));
      if (is_streams_group_record(*type)) return widened(decode_streams_group_record(*type, key, value));
      return OtherRecord{*type};
  }
}

bool is_offset_commit(ByteView key) {
  const auto type = read_prefix(key);
  return type && *type == kOffsetCommit;
}

Record offset_record(const OffsetKey& key, const StoredOffset& value) {
  protocol::OffsetCommitValue message;
  message.offset = value.offset;
  message.leader_epoch = value.leader_epoch;
  message.metadata = value.metadata;
  message.commit_timestamp = value.commit_timestamp;
  message.expire_timestamp = value.expire_timestamp;
  message.topic_id = value.topic_id;
  const std::int16_t version =
      value.expire_timestamp == -1 ? kOffsetCommitValueVersion : kOffsetCommitValueVersionWithExpiry;
  Record record = offset_tombstone(key);
  record.value = prefixed(version, message, version);
  return record;
}

Record offset_tombstone(const OffsetKey& key) {
  protocol::OffsetCommitKey message;
  message.group = key.group;
  message.topic = key.topic;
  message.partition = key.partition;
  return {key_bytes(message), std::nullopt};
}

Record group_metadata_record(std::string_view group, const protocol::GroupMetadataValue& value) {
  Record record = group_tombstone(group);
  record.value = prefixed(kGroupMetadataValueVersion, value, kGroupMetadataValueVersion);
  return record;
}

Record group_tombstone(std::string_view group) {
  protocol::GroupMetadataKey key;
  key.group = group;
  return {key_bytes(key), std::nullopt};
}

}  // namespace moldau::coordinator
