#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/wire/json_node.h"
#include "protocol/wire/json_writer.h"
#include "protocol/wire/message.h"
#include "protocol/wire/version_range.h"

namespace moldau::wire {

/// One message without its type, for tools, tests and fuzzing.
struct MessageInfo {
  std::string_view name;
  std::string_view type;  ///< "request", "response", "metadata", "coordinator-key", ...
  std::int16_t api_key = -1;
  VersionRange versions;
  VersionRange flexible_versions;

  /// Decodes and encodes again; the bytes may not go on behind the message.
  Result<Bytes> (*reencode)(ByteView bytes, std::int16_t version) = nullptr;
  Result<std::string> (*to_json)(ByteView bytes, std::int16_t version) = nullptr;
  Result<Bytes> (*from_json)(std::string_view text, std::int16_t version) = nullptr;
  /// Whether both decode to equal messages.
  Result<bool> (*equal)(ByteView one, ByteView other, std::int16_t version) = nullptr;
  /// The bytes of a message whose fields all have their defaults.
  Result<Bytes> (*encode_default)(std::int16_t version) = nullptr;
};

template <class Message>
Result<Bytes> reencode(ByteView bytes, std::int16_t version) {
  const auto message = decode_message<Message>(bytes, version);
  if (!message) return fail(message.error());
  return encode_message(*message, version);
}

template <class Message>
Result<std::string> to_json(ByteView bytes, std::int16_t version) {
  const auto message = decode_message<Message>(bytes, version);
  if (!message) return fail(message.error());
  JsonWriter json;
  message->write_json(version, json);
  return json.text();
}

template <class Message>
Result<Bytes> from_json(std::string_view text, std::int16_t version) {
  auto document = JsonDocument::parse(text);
  if (!document) return fail(document.error());
  if (const auto known = check_version<Message>(version); !known) return fail(known.error());
  Message message;
  message.read_json(version, (*document)->root());
  if (!(*document)->ok()) return fail(ErrorCode::kInvalidRequest, (*document)->reason());
  return encode_message(message, version);
}

template <class Message>
Result<bool> equal_messages(ByteView one, ByteView other, std::int16_t version) {
  const auto first = decode_message<Message>(one, version);
  if (!first) return fail(first.error());
  const auto second = decode_message<Message>(other, version);
  if (!second) return fail(second.error());
  return *first == *second;
}

template <class Message>
Result<Bytes> encode_default(std::int16_t version) {
  return encode_message(Message{}, version);
}

template <class Message>
MessageInfo message_info(std::string_view type, std::int16_t api_key) {
  return {.name = Message::kName,
          .type = type,
          .api_key = api_key,
          .versions = Message::kVersions,
          .flexible_versions = Message::kFlexibleVersions,
          .reencode = reencode<Message>,
          .to_json = to_json<Message>,
          .from_json = from_json<Message>,
          .equal = equal_messages<Message>,
          .encode_default = encode_default<Message>};
}

}  // namespace moldau::wire
