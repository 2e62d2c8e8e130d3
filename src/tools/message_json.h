#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/wire/json_writer.h"
#include "protocol/wire/reader.h"

namespace moldau::tools {

/// A message as JSON, and how many bytes lie behind it.
struct MessageJson {
  std::string json;
  std::size_t rest_bytes = 0;
};

/// Reads the message at the beginning of `bytes`. As in Apache Kafka, a version that is newer than the
/// release's is read as the newest. INVALID_REQUEST if the bytes are no such message.
template <class Message>
Result<MessageJson> message_json(ByteView bytes, std::int16_t version) {
  const std::int16_t known = std::min(version, Message::kVersions.highest);
  wire::Reader reader(bytes);
  Message message;
  message.decode(known, reader);
  if (!reader.ok()) return fail(reader.error());
  wire::JsonWriter json;
  message.write_json(known, json);
  return MessageJson{.json = json.text(), .rest_bytes = reader.remaining_bytes()};
}

}  // namespace moldau::tools
