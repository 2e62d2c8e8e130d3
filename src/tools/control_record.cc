#include "tools/control_record.h"

#include <cstdint>
#include <optional>
#include <string>

#include "base/endian.h"
#include "protocol/messages/end_txn_marker.h"
#include "protocol/messages/k_raft_version_record.h"
#include "protocol/messages/leader_change_message.h"
#include "protocol/messages/snapshot_footer_record.h"
#include "protocol/messages/snapshot_header_record.h"
#include "protocol/messages/voters_record.h"
#include "protocol/records/builder.h"
#include "protocol/wire/json_writer.h"
#include "protocol/wire/message.h"

namespace moldau::tools {
namespace {

using records::ControlType;

/// The message as JSON. Its version is its own first field; Apache Kafka reads all versions as the first one.
template <class Message>
Result<std::string> json_of(ByteView value) {
  const auto message = wire::decode_message<Message>(value, 0, true);
  if (!message) return fail(ErrorCode::kInvalidRecord, message.error().message);
  if (!Message::kVersions.contains(message->version)) {
    return fail(ErrorCode::kInvalidRecord,
                std::string(Message::kName) + ": no version " + std::to_string(message->version));
  }
  wire::JsonWriter json;
  message->write_json(message->version, json);
  return json.text();
}

template <class Message>
Result<ControlFacts> message_facts(ControlType type, std::string_view name, std::string_view label,
                                   ByteView value) {
  auto json = json_of<Message>(value);
  if (!json) return fail(std::move(json).error());
  std::string text = std::string(label) + " " + *json;
  return ControlFacts{.type = name,
                      .type_id = static_cast<std::int16_t>(type),
                      .data = std::move(*json),
                      .text = std::move(text)};
}

Result<ControlFacts> marker_facts(ControlType type, ByteView value) {
  constexpr std::size_t kVersionSize = sizeof(std::int16_t);
  if (value.size() < kVersionSize || load_big_endian<std::int16_t>(value.data()) < 0) {
    return fail(ErrorCode::kInvalidRecord, "an end transaction marker has no version");
  }
  const auto marker = wire::decode_message<protocol::EndTxnMarker>(value.subspan(kVersionSize), 0, true);
  if (!marker) return fail(ErrorCode::kInvalidRecord, marker.error().message);
  const std::string_view name = type == ControlType::kCommit ? "COMMIT" : "ABORT";
  const std::string epoch = std::to_string(marker->coordinator_epoch);
  return ControlFacts{.type = name,
                      .type_id = static_cast<std::int16_t>(type),
                      .data = R"({"coordinatorEpoch":)" + epoch + "}",
                      .text = "endTxnMarker: " + std::string(name) + " coordinatorEpoch: " + epoch};
}

ControlFacts unknown_facts(std::int16_t type_id) {
  return {.type = "UNKNOWN",
          .type_id = type_id,
          .data = {},
          .text = "controlType: UNKNOWN(" + std::to_string(type_id) + ")"};
}

}  // namespace

Result<ControlFacts> read_control_record(const records::RecordView& record) {
  if (!record.key) return fail(ErrorCode::kInvalidRecord, "a control record has no key");
  const auto type = records::parse_control_key(*record.key);
  if (!type) return fail(type.error());
  if (!*type) {
    return unknown_facts(load_big_endian<std::int16_t>(record.key->data() + sizeof(std::int16_t)));
  }
  if (!record.value) return fail(ErrorCode::kInvalidRecord, "a control record has no value");
  const ByteView value = *record.value;
  switch (**type) {
    case ControlType::kAbort:
    case ControlType::kCommit:
      return marker_facts(**type, value);
    case ControlType::kLeaderChange:
      return message_facts<protocol::LeaderChangeMessage>(**type, "LEADER_CHANGE", "LeaderChange:", value);
    case ControlType::kSnapshotHeader:
      return message_facts<protocol::SnapshotHeaderRecord>(**type, "SNAPSHOT_HEADER", "SnapshotHeader",
                                                           value);
    case ControlType::kSnapshotFooter:
      return message_facts<protocol::SnapshotFooterRecord>(**type, "SNAPSHOT_FOOTER", "SnapshotFooter",
                                                           value);
    case ControlType::kKraftVersion:
      return message_facts<protocol::KRaftVersionRecord>(**type, "KRAFT_VERSION", "KRaftVersion", value);
    case ControlType::kKraftVoters:
      return message_facts<protocol::VotersRecord>(**type, "KRAFT_VOTERS", "KRaftVoters", value);
  }
  return fail(ErrorCode::kInvalidRecord, "a control record of no known type");
}

}  // namespace moldau::tools
