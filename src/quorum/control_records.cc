#include "quorum/control_records.h"

#include <utility>

#include "base/assert.h"
#include "protocol/messages/k_raft_version_record.h"
#include "protocol/messages/leader_change_message.h"
#include "protocol/messages/snapshot_footer_record.h"
#include "protocol/messages/snapshot_header_record.h"
#include "protocol/messages/voters_record.h"
#include "protocol/records/builder.h"
#include "protocol/records/record_iterator.h"
#include "protocol/wire/message.h"
#include "quorum/control_messages.h"

namespace moldau::quorum {
namespace {

void append_membership(records::BatchBuilder& builder, const LeaderChangeBatch::Membership& membership,
                       TimestampMs append_time_ms) {
  builder.append_control(append_time_ms, records::ControlType::kKraftVersion,
                         kraft_version_message(membership.kraft_version));
  builder.append_control(append_time_ms, records::ControlType::kKraftVoters,
                         voters_message(membership.voters));
}

Buffer encode(const LeaderChangeBatch& batch, TimestampMs append_time_ms) {
  records::BatchBuilder builder(
      {.base_offset = batch.base_offset, .partition_leader_epoch = batch.epoch, .is_control = true});
  builder.append_control(append_time_ms, records::ControlType::kLeaderChange, leader_change_message(batch));
  if (batch.membership) append_membership(builder, *batch.membership, append_time_ms);
  return std::move(builder).build();
}

Buffer encode(const MembershipBatch& batch, TimestampMs append_time_ms) {
  records::BatchBuilder builder(
      {.base_offset = batch.base_offset, .partition_leader_epoch = batch.epoch, .is_control = true});
  append_membership(builder, batch.membership, append_time_ms);
  return std::move(builder).build();
}

Buffer encode(const DataBatch& batch, TimestampMs append_time_ms) {
  records::BatchBuilder builder({.base_offset = batch.base_offset, .partition_leader_epoch = batch.epoch});
  for (const Bytes& record : batch.records) {
    builder.append({.timestamp_ms = append_time_ms, .value = ByteView(record)});
  }
  return std::move(builder).build();
}

VoterSet voters_of(const protocol::VotersRecord& record) {
  std::vector<Voter> voters;
  for (const auto& sent : record.voters) {
    Voter voter{.key = {.id = sent.voter_id, .directory_id = sent.voter_directory_id},
                .endpoints = {},
                .kraft_versions = {.min = sent.k_raft_version_feature.min_supported_version,
                                   .max = sent.k_raft_version_feature.max_supported_version}};
    for (const auto& endpoint : sent.endpoints) {
      voter.endpoints.push_back({.listener = std::string(endpoint.name),
                                 .host = std::string(endpoint.host),
                                 .port = endpoint.port});
    }
    voters.push_back(std::move(voter));
  }
  return VoterSet(std::move(voters));
}

/// Decodes a control message, whose version is its own first field, and hands it to `apply`.
template <class Message, class Apply>
Result<void> with_message(ByteView value, Apply&& apply) {
  wire::Reader peek(value);
  const auto version = peek.fixed<std::int16_t>();
  if (!peek.ok() || !Message::kVersions.contains(version)) {
    return fail(ErrorCode::kInvalidRecord,
                "control record: unknown version of " + std::string(Message::kName));
  }
  const auto message = wire::decode_message<Message>(value, version);
  if (!message) return fail(ErrorCode::kInvalidRecord, "control record: " + message.error().message);
  apply(*message);
  return {};
}

Result<void> read_control_record(records::ControlType type, ByteView value, ControlContent& content) {
  switch (type) {
    case records::ControlType::kLeaderChange:
      return with_message<protocol::LeaderChangeMessage>(
          value, [&](const auto& message) { content.leader = message.leader_id; });
    case records::ControlType::kKraftVersion:
      return with_message<protocol::KRaftVersionRecord>(
          value, [&](const auto& message) { content.kraft_version = message.k_raft_version; });
    case records::ControlType::kKraftVoters:
      return with_message<protocol::VotersRecord>(
          value, [&](const auto& message) { content.voters = voters_of(message); });
    case records::ControlType::kSnapshotHeader:
      return with_message<protocol::SnapshotHeaderRecord>(value, [&](const auto& message) {
        content.snapshot_header = message.last_contained_log_timestamp;
      });
    case records::ControlType::kSnapshotFooter:
      return with_message<protocol::SnapshotFooterRecord>(
          value, [&](const auto&) { content.has_snapshot_footer = true; });
    case records::ControlType::kAbort:
    case records::ControlType::kCommit:
      break;
  }
  return {};
}

}  // namespace

Buffer encode_batch(const LogBatch& batch, TimestampMs append_time_ms) {
  return std::visit([&](const auto& kind) { return encode(kind, append_time_ms); }, batch);
}

Result<void> read_control_batch(const records::BatchView& batch, records::DecoderSet& decoders,
                                ControlContent& content) {
  auto iterator = records::RecordIterator::open(batch, decoders);
  if (!iterator) return fail(std::move(iterator).error());
  records::RecordView record;
  while (true) {
    const auto more = iterator->next(record);
    if (!more) return fail(more.error());
    if (!*more) return {};
    if (!record.key || !record.value)
      return fail(ErrorCode::kInvalidRecord, "control record without key or value");
    const auto type = records::parse_control_key(*record.key);
    if (!type) return fail(type.error());
    if (!*type) continue;
    if (auto read = read_control_record(**type, *record.value, content); !read) return read;
  }
}

}  // namespace moldau::quorum
