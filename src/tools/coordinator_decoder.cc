#include "tools/coordinator_decoder.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/endian.h"
#include "protocol/messages/share_snapshot_key.h"
#include "protocol/messages/share_snapshot_value.h"
#include "protocol/messages/share_update_key.h"
#include "protocol/messages/share_update_value.h"
#include "protocol/messages/transaction_log_key.h"
#include "protocol/messages/transaction_log_value.h"

namespace moldau::tools {
namespace {

constexpr std::array kTransactionTypes = {
    coordinator_record_type<protocol::TransactionLogKey, protocol::TransactionLogValue>(),
};

constexpr std::array kShareTypes = {
    coordinator_record_type<protocol::ShareSnapshotKey, protocol::ShareSnapshotValue>(),
    coordinator_record_type<protocol::ShareUpdateKey, protocol::ShareUpdateValue>(),
};

DumpedField note(std::string text) {
  return {.form = DumpedField::Form::kNote, .text = std::move(text)};
}

DumpedField message(std::string_view number_name, std::int16_t number, std::string_view json) {
  std::string text = R"({")";
  text += number_name;
  text += R"(":")" + std::to_string(number) + R"(","data":)";
  text += json;
  return {.form = DumpedField::Form::kMessage, .text = text + "}"};
}

/// The number in front of a key or a value; `name` is which of them.
Result<std::int16_t> read_version(ByteView bytes, std::string_view name) {
  if (bytes.size() < sizeof(std::int16_t)) {
    return fail(ErrorCode::kInvalidRecord, "Could not read version from " + std::string(name) + "'s buffer.");
  }
  return load_big_endian<std::int16_t>(bytes.data());
}

Result<std::string> read_message(Result<MessageJson> (*read)(ByteView, std::int16_t), ByteView bytes,
                                 std::int16_t version, std::string_view name) {
  auto message = read(bytes.subspan(sizeof(std::int16_t)), version);
  if (message) return std::move(message->json);
  return fail(ErrorCode::kInvalidRecord, "Could not read record with version " + std::to_string(version) +
                                             " from " + std::string(name) +
                                             "'s buffer due to: " + message.error().message + ".");
}

Result<DumpedField> read_value(const CoordinatorRecordType& type, std::optional<ByteView> value) {
  if (!value) return note("<DELETE>");
  const auto version = read_version(*value, "value");
  if (!version) return fail(version.error());
  if (!type.value_versions.contains(*version)) {
    return fail(ErrorCode::kInvalidRecord, "Found an unknown record version " + std::to_string(*version) +
                                               " for " + std::to_string(type.id) + " type");
  }
  const auto json = read_message(type.read_value, *value, *version, "value");
  if (!json) return fail(json.error());
  return message("version", *version, *json);
}

Result<RecordContents> read_record(const CoordinatorRecordType& type, ByteView key,
                                   std::optional<ByteView> value) {
  const auto json = read_message(type.read_key, key, type.id, "key");
  if (!json) return fail(json.error());
  auto payload = read_value(type, value);
  if (!payload) return fail(std::move(payload).error());
  return RecordContents{.key = message("type", type.id, *json), .payload = std::move(*payload)};
}

}  // namespace

std::span<const CoordinatorRecordType> transaction_record_types() {
  return kTransactionTypes;
}

std::span<const CoordinatorRecordType> share_record_types() {
  return kShareTypes;
}

Result<RecordContents> decode_coordinator_record(std::span<const CoordinatorRecordType> types,
                                                 const records::RecordView& record) {
  const std::string offset = std::to_string(record.offset);
  if (!record.key) {
    return fail(ErrorCode::kInvalidRecord, "Failed to decode message at offset " + offset +
                                               " using the specified decoder (message had a missing key)");
  }
  const auto skipped = [&](const Error& error) {
    return RecordContents{.key = note("Error at offset " + offset + ", skipping. " + error.message)};
  };
  const auto type_id = read_version(*record.key, "key");
  if (!type_id) return skipped(type_id.error());
  const auto type = std::ranges::find(types, *type_id, &CoordinatorRecordType::id);
  if (type == types.end()) {
    return RecordContents{.key = note("Unknown record type " + std::to_string(*type_id) + " at offset " +
                                      offset + ", skipping.")};
  }
  auto contents = read_record(*type, *record.key, record.value);
  if (!contents) return skipped(contents.error());
  return contents;
}

}  // namespace moldau::tools
