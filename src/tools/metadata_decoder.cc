#include "tools/metadata_decoder.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "protocol/messages/abort_transaction_record.h"
#include "protocol/messages/access_control_entry_record.h"
#include "protocol/messages/begin_transaction_record.h"
#include "protocol/messages/broker_registration_change_record.h"
#include "protocol/messages/clear_elr_record.h"
#include "protocol/messages/client_quota_record.h"
#include "protocol/messages/config_record.h"
#include "protocol/messages/delegation_token_record.h"
#include "protocol/messages/end_transaction_record.h"
#include "protocol/messages/feature_level_record.h"
#include "protocol/messages/fence_broker_record.h"
#include "protocol/messages/no_op_record.h"
#include "protocol/messages/partition_change_record.h"
#include "protocol/messages/partition_record.h"
#include "protocol/messages/producer_ids_record.h"
#include "protocol/messages/register_broker_record.h"
#include "protocol/messages/register_controller_record.h"
#include "protocol/messages/remove_access_control_entry_record.h"
#include "protocol/messages/remove_delegation_token_record.h"
#include "protocol/messages/remove_topic_record.h"
#include "protocol/messages/remove_user_scram_credential_record.h"
#include "protocol/messages/topic_record.h"
#include "protocol/messages/unfence_broker_record.h"
#include "protocol/messages/unregister_broker_record.h"
#include "protocol/messages/user_scram_credential_record.h"
#include "protocol/messages/zk_migration_state_record.h"
#include "protocol/wire/reader.h"
#include "tools/message_json.h"

namespace moldau::tools {
namespace {

struct RecordType {
  std::int16_t id = 0;
  std::string_view name = {};  ///< Of the message.
  Result<MessageJson> (*read)(ByteView bytes, std::int16_t version) = nullptr;
};

template <class Message>
constexpr RecordType type_of() {
  return {.id = Message::kApiKey, .name = Message::kName, .read = message_json<Message>};
}

constexpr std::array kTypes = {
    type_of<protocol::RegisterBrokerRecord>(),
    type_of<protocol::UnregisterBrokerRecord>(),
    type_of<protocol::TopicRecord>(),
    type_of<protocol::PartitionRecord>(),
    type_of<protocol::ConfigRecord>(),
    type_of<protocol::PartitionChangeRecord>(),
    type_of<protocol::FenceBrokerRecord>(),
    type_of<protocol::UnfenceBrokerRecord>(),
    type_of<protocol::RemoveTopicRecord>(),
    type_of<protocol::DelegationTokenRecord>(),
    type_of<protocol::UserScramCredentialRecord>(),
    type_of<protocol::FeatureLevelRecord>(),
    type_of<protocol::ClientQuotaRecord>(),
    type_of<protocol::ProducerIdsRecord>(),
    type_of<protocol::BrokerRegistrationChangeRecord>(),
    type_of<protocol::AccessControlEntryRecord>(),
    type_of<protocol::RemoveAccessControlEntryRecord>(),
    type_of<protocol::NoOpRecord>(),
    type_of<protocol::ZkMigrationStateRecord>(),
    type_of<protocol::RemoveUserScramCredentialRecord>(),
    type_of<protocol::BeginTransactionRecord>(),
    type_of<protocol::EndTransactionRecord>(),
    type_of<protocol::AbortTransactionRecord>(),
    type_of<protocol::RemoveDelegationTokenRecord>(),
    type_of<protocol::RegisterControllerRecord>(),
    type_of<protocol::ClearElrRecord>(),
};

/// Apache Kafka's constant for a type: "FEATURE_LEVEL_RECORD" of "FeatureLevelRecord".
std::string constant_name(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0 && !text.empty()) text += '_';
    text += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return text;
}

/// The numbers in front of a message.
struct Frame {
  std::int16_t type = 0;
  std::int16_t version = 0;
};

/// An unsigned varint of at most 16 bits; `what` it is.
Result<std::int16_t> read_short(wire::Reader& reader, std::string_view what) {
  const std::uint32_t value = reader.varint();
  if (!reader.ok()) {
    return fail(ErrorCode::kInvalidRecord, "Error while reading " + std::string(what));
  }
  // As a signed number, which Apache Kafka takes it for: large ones are negative, and cut off.
  if (static_cast<std::int32_t>(value) > std::numeric_limits<std::int16_t>::max()) {
    return fail(ErrorCode::kInvalidRecord, "Value for " + std::string(what) + " was too large.");
  }
  return static_cast<std::int16_t>(value);
}

Result<Frame> read_frame(wire::Reader& reader) {
  constexpr std::int16_t kFrameVersion = 1;
  const auto frame_version = read_short(reader, "frame version");
  if (!frame_version) return fail(frame_version.error());
  if (*frame_version == 0) {
    return fail(ErrorCode::kInvalidRecord,
                "Could not deserialize metadata record with frame version 0. Note that upgrades from the "
                "preview release of KRaft in 2.8 to newer versions are not supported.");
  }
  if (*frame_version != kFrameVersion) {
    return fail(ErrorCode::kInvalidRecord,
                "Could not deserialize metadata record due to unknown frame version " +
                    std::to_string(*frame_version) + "(only frame version 1 is supported)");
  }
  const auto type = read_short(reader, "type");
  if (!type) return fail(type.error());
  const auto version = read_short(reader, "version");
  if (!version) return fail(version.error());
  return Frame{.type = *type, .version = *version};
}

Result<std::string> record_json(ByteView value) {
  wire::Reader reader(value);
  const auto frame = read_frame(reader);
  if (!frame) return fail(frame.error());
  const std::string type_id = std::to_string(frame->type);
  const auto* type = std::ranges::find(kTypes, frame->type, &RecordType::id);
  if (type == kTypes.end()) {
    return fail(ErrorCode::kInvalidRecord,
                "org.apache.kafka.common.errors.UnsupportedVersionException: Unknown metadata id " + type_id);
  }
  const auto message = type->read(value.last(reader.remaining_bytes()), frame->version);
  if (!message) return fail(ErrorCode::kInvalidRecord, "Failed to deserialize record with type " + type_id);
  if (message->rest_bytes > 0) {
    return fail(ErrorCode::kInvalidRecord,
                "Found " + std::to_string(message->rest_bytes) + " byte(s) of garbage after " + type_id);
  }
  return R"({"type":")" + constant_name(type->name) + R"(","version":)" + std::to_string(frame->version) +
         R"(,"data":)" + message->json + "}";
}

}  // namespace

DumpedField decode_metadata_record(const records::RecordView& record) {
  // A record without a value reads as one without bytes.
  auto json = record_json(record.value.value_or(ByteView()));
  if (json) return {.form = DumpedField::Form::kMessage, .text = std::move(*json)};
  return {.form = DumpedField::Form::kNote,
          .text = "Error at " + std::to_string(record.offset) + ", skipping. " + json.error().message};
}

}  // namespace moldau::tools
