#include "coordinator/share/share_records.h"

#include <utility>

#include "coordinator/record_bytes.h"
#include "protocol/messages/share_snapshot_key.h"
#include "protocol/messages/share_snapshot_value.h"
#include "protocol/messages/share_update_key.h"
#include "protocol/messages/share_update_value.h"

namespace moldau::coordinator {
namespace {

using protocol::ShareSnapshotKey;
using protocol::ShareSnapshotValue;
using protocol::ShareUpdateKey;
using protocol::ShareUpdateValue;

constexpr std::int16_t kSnapshot = ShareSnapshotKey::kApiKey;
constexpr std::int16_t kUpdate = ShareUpdateKey::kApiKey;
constexpr std::int16_t kValueVersion = 0;

template <class Key>
Result<SharePartitionKey> decode_key(ByteView bytes) {
  const auto key = decode_behind_prefix<Key>(bytes, 0);
  if (!key) return fail(key.error());
  return SharePartitionKey{
      .group = std::string(key->group_id), .topic_id = key->topic_id, .partition = key->partition};
}

template <class Key>
Bytes encode_key(const SharePartitionKey& key) {
  Key message;
  message.group_id = key.group;
  message.topic_id = key.topic_id;
  message.partition = key.partition;
  return key_bytes(message);
}

template <class Batch>
std::vector<StateBatch> read_batches(const std::vector<Batch>& messages) {
  std::vector<StateBatch> batches;
  batches.reserve(messages.size());
  for (const Batch& message : messages) {
    batches.push_back({.first_offset = message.first_offset,
                       .last_offset = message.last_offset,
                       .delivery_count = message.delivery_count,
                       .delivery_state = message.delivery_state});
  }
  return batches;
}

template <class Batch>
void write_batches(const std::vector<StateBatch>& batches, std::vector<Batch>& messages) {
  messages.reserve(batches.size());
  for (const StateBatch& batch : batches) {
    messages.push_back({.first_offset = batch.first_offset,
                        .last_offset = batch.last_offset,
                        .delivery_state = batch.delivery_state,
                        .delivery_count = batch.delivery_count,
                        .unknown_tags = {}});
  }
}

Result<SharePartitionState> decode_snapshot(ByteView bytes) {
  const auto message = decode_value<ShareSnapshotValue>(bytes);
  if (!message) return fail(message.error());
  return SharePartitionState{.snapshot_epoch = message->snapshot_epoch,
                             .state_epoch = message->state_epoch,
                             .leader_epoch = message->leader_epoch,
                             .start_offset = message->start_offset,
                             .delivery_complete_count = message->delivery_complete_count,
                             .batches = read_batches(message->state_batches),
                             .create_ms = message->create_timestamp,
                             .write_ms = message->write_timestamp};
}

Result<ShareUpdate> decode_update(ByteView bytes) {
  const auto message = decode_value<ShareUpdateValue>(bytes);
  if (!message) return fail(message.error());
  return ShareUpdate{.snapshot_epoch = message->snapshot_epoch,
                     .leader_epoch = message->leader_epoch,
                     .start_offset = message->start_offset,
                     .delivery_complete_count = message->delivery_complete_count,
                     .batches = read_batches(message->state_batches)};
}

Record encode(const SharePartitionKey& key, const SharePartitionState& state) {
  ShareSnapshotValue message;
  message.snapshot_epoch = state.snapshot_epoch;
  message.state_epoch = state.state_epoch;
  message.leader_epoch = state.leader_epoch;
  message.start_offset = state.start_offset;
  message.delivery_complete_count = state.delivery_complete_count;
  message.create_timestamp = state.create_ms;
  message.write_timestamp = state.write_ms;
  write_batches(state.batches, message.state_batches);
  return {encode_key<ShareSnapshotKey>(key), prefixed(kValueVersion, message, kValueVersion)};
}

Record encode(const SharePartitionKey& key, const ShareUpdate& update) {
  ShareUpdateValue message;
  message.snapshot_epoch = update.snapshot_epoch;
  message.leader_epoch = update.leader_epoch;
  message.start_offset = update.start_offset;
  message.delivery_complete_count = update.delivery_complete_count;
  write_batches(update.batches, message.state_batches);
  return {encode_key<ShareUpdateKey>(key), prefixed(kValueVersion, message, kValueVersion)};
}

Record encode(const SharePartitionKey& key, const ShareTombstone&) {
  return {encode_key<ShareSnapshotKey>(key), std::nullopt};
}

}  // namespace

Result<std::optional<ShareRecord>> decode_share_record(ByteView key, std::optional<ByteView> value) {
  const auto type = read_prefix(key);
  if (!type) return fail(type.error());
  if (*type != kSnapshot && *type != kUpdate) return std::nullopt;
  auto partition = *type == kSnapshot ? decode_key<ShareSnapshotKey>(key) : decode_key<ShareUpdateKey>(key);
  if (!partition) return fail(std::move(partition).error());
  ShareRecord record{*std::move(partition), ShareTombstone()};
  if (!value) {
    if (*type == kUpdate) return fail(ErrorCode::kCorruptMessage, "a ShareUpdate record has no value");
    return record;
  }
  if (*type == kSnapshot) {
    auto state = decode_snapshot(*value);
    if (!state) return fail(std::move(state).error());
    record.value = *std::move(state);
  } else {
    auto update = decode_update(*value);
    if (!update) return fail(std::move(update).error());
    record.value = *std::move(update);
  }
  return record;
}

Record encode_share_record(const ShareRecord& record) {
  return std::visit([&](const auto& value) { return encode(record.key, value); }, record.value);
}

}  // namespace moldau::coordinator
