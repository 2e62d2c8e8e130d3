// The records of __consumer_offsets (docs/formats/group-records.md).

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/endian.h"
#include "protocol/messages/consumer_group_current_member_assignment_key.h"
#include "protocol/messages/consumer_group_current_member_assignment_value.h"
#include "protocol/messages/consumer_group_member_metadata_key.h"
#include "protocol/messages/consumer_group_member_metadata_value.h"
#include "protocol/messages/consumer_group_metadata_key.h"
#include "protocol/messages/consumer_group_metadata_value.h"
#include "protocol/messages/consumer_group_partition_metadata_key.h"
#include "protocol/messages/consumer_group_partition_metadata_value.h"
#include "protocol/messages/consumer_group_regular_expression_key.h"
#include "protocol/messages/consumer_group_regular_expression_value.h"
#include "protocol/messages/consumer_group_target_assignment_member_key.h"
#include "protocol/messages/consumer_group_target_assignment_member_value.h"
#include "protocol/messages/consumer_group_target_assignment_metadata_key.h"
#include "protocol/messages/consumer_group_target_assignment_metadata_value.h"
#include "protocol/messages/consumer_protocol_assignment.h"
#include "protocol/messages/consumer_protocol_subscription.h"
#include "protocol/messages/group_metadata_key.h"
#include "protocol/messages/group_metadata_value.h"
#include "protocol/messages/legacy_offset_commit_key.h"
#include "protocol/messages/legacy_offset_commit_value.h"
#include "protocol/messages/offset_commit_key.h"
#include "protocol/messages/offset_commit_value.h"
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
#include "protocol/messages/streams_group_current_member_assignment_key.h"
#include "protocol/messages/streams_group_current_member_assignment_value.h"
#include "protocol/messages/streams_group_member_metadata_key.h"
#include "protocol/messages/streams_group_member_metadata_value.h"
#include "protocol/messages/streams_group_metadata_key.h"
#include "protocol/messages/streams_group_metadata_value.h"
#include "protocol/messages/streams_group_target_assignment_member_key.h"
#include "protocol/messages/streams_group_target_assignment_member_value.h"
#include "protocol/messages/streams_group_target_assignment_metadata_key.h"
#include "protocol/messages/streams_group_target_assignment_metadata_value.h"
#include "protocol/messages/streams_group_topology_key.h"
#include "protocol/messages/streams_group_topology_value.h"
#include "tools/coordinator_decoder.h"

namespace moldau::tools {
namespace {

/// What a consumer gave its group, as JSON; nullopt if it is no such message.
template <class Message>
std::optional<std::string> consumer_json(ByteView bytes) {
  if (bytes.size() < sizeof(std::int16_t)) return std::nullopt;
  const auto version = load_big_endian<std::int16_t>(bytes.data());
  if (version < Message::kVersions.lowest) return std::nullopt;
  const auto message = message_json<Message>(bytes.subspan(sizeof(std::int16_t)), version);
  if (!message) return std::nullopt;
  return message->json;
}

/// Replaces the text that is the value of `name` at or behind `from` in the JSON of a group by what its bytes
/// say. Quotes within texts are escaped, so that the name cannot be found in one.
template <class Message>
std::size_t reveal(std::string& json, std::size_t from, std::string_view name, ByteView bytes) {
  const std::string token = "\"" + std::string(name) + "\":\"";
  const std::size_t found = json.find(token, from);
  if (found == std::string::npos) return from;
  const std::size_t begin = found + token.size() - 1;
  const auto revealed = consumer_json<Message>(bytes);
  if (!revealed) return begin;
  json.replace(begin, json.find('"', begin + 1) + 1 - begin, *revealed);
  return begin + revealed->size();
}

/// The value of a classic group; what consumers put into it is shown as what it is.
Result<MessageJson> group_metadata_json(ByteView bytes, std::int16_t version) {
  auto message = message_json<protocol::GroupMetadataValue>(bytes, version);
  if (!message) return message;
  wire::Reader reader(bytes);
  protocol::GroupMetadataValue group;
  group.decode(version, reader);
  if (group.protocol_type != "consumer") return message;
  std::size_t at = 0;
  for (const auto& member : group.members) {
    at = reveal<protocol::ConsumerProtocolSubscription>(message->json, at, "subscription",
                                                        member.subscription.bytes);
    at = reveal<protocol::ConsumerProtocolAssignment>(message->json, at, "assignment",
                                                      member.assignment.bytes);
  }
  return message;
}

constexpr CoordinatorRecordType kGroupMetadata = {
    .id = protocol::GroupMetadataKey::kApiKey,
    .value_versions = protocol::GroupMetadataValue::kVersions,
    .read_key = message_json<protocol::GroupMetadataKey>,
    .read_value = group_metadata_json,
};

constexpr std::array kGroupTypes = {
    coordinator_record_type<protocol::LegacyOffsetCommitKey, protocol::LegacyOffsetCommitValue>(),
    coordinator_record_type<protocol::OffsetCommitKey, protocol::OffsetCommitValue>(),
    kGroupMetadata,
    coordinator_record_type<protocol::ConsumerGroupMetadataKey, protocol::ConsumerGroupMetadataValue>(),
    coordinator_record_type<protocol::ConsumerGroupPartitionMetadataKey,
                            protocol::ConsumerGroupPartitionMetadataValue>(),
    coordinator_record_type<protocol::ConsumerGroupMemberMetadataKey,
                            protocol::ConsumerGroupMemberMetadataValue>(),
    coordinator_record_type<protocol::ConsumerGroupTargetAssignmentMetadataKey,
                            protocol::ConsumerGroupTargetAssignmentMetadataValue>(),
    coordinator_record_type<protocol::ConsumerGroupTargetAssignmentMemberKey,
                            protocol::ConsumerGroupTargetAssignmentMemberValue>(),
    coordinator_record_type<protocol::ConsumerGroupCurrentMemberAssignmentKey,
                            protocol::ConsumerGroupCurrentMemberAssignmentValue>(),
    coordinator_record_type<protocol::ShareGroupMemberMetadataKey, protocol::ShareGroupMemberMetadataValue>(),
    coordinator_record_type<protocol::ShareGroupMetadataKey, protocol::ShareGroupMetadataValue>(),
    coordinator_record_type<protocol::ShareGroupTargetAssignmentMetadataKey,
                            protocol::ShareGroupTargetAssignmentMetadataValue>(),
    coordinator_record_type<protocol::ShareGroupTargetAssignmentMemberKey,
                            protocol::ShareGroupTargetAssignmentMemberValue>(),
    coordinator_record_type<protocol::ShareGroupCurrentMemberAssignmentKey,
                            protocol::ShareGroupCurrentMemberAssignmentValue>(),
    coordinator_record_type<protocol::ShareGroupStatePartitionMetadataKey,
                            protocol::ShareGroupStatePartitionMetadataValue>(),
    coordinator_record_type<protocol::ConsumerGroupRegularExpressionKey,
                            protocol::ConsumerGroupRegularExpressionValue>(),
    coordinator_record_type<protocol::StreamsGroupMetadataKey, protocol::StreamsGroupMetadataValue>(),
    coordinator_record_type<protocol::StreamsGroupMemberMetadataKey,
                            protocol::StreamsGroupMemberMetadataValue>(),
    coordinator_record_type<protocol::StreamsGroupTargetAssignmentMetadataKey,
                            protocol::StreamsGroupTargetAssignmentMetadataValue>(),
    coordinator_record_type<protocol::StreamsGroupTargetAssignmentMemberKey,
                            protocol::StreamsGroupTargetAssignmentMemberValue>(),
    coordinator_record_type<protocol::StreamsGroupCurrentMemberAssignmentKey,
                            protocol::StreamsGroupCurrentMemberAssignmentValue>(),
    coordinator_record_type<protocol::StreamsGroupTopologyKey, protocol::StreamsGroupTopologyValue>(),
};

}  // namespace

std::span<const CoordinatorRecordType> group_record_types() {
  return kGroupTypes;
}

}  // namespace moldau::tools
