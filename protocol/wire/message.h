#pragma once

#include <cstdint>
#include <string>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/result.h"
#include "protocol/wire/reader.h"
#include "protocol/wire/writer.h"

namespace moldau::wire {

/// kUnsupportedVersion unless the release has that version of the message.
template <class Message>
Result<void> check_version(std::int16_t version) {
  if (Message::kVersions.contains(version)) return {};
  return fail(ErrorCode::kUnsupportedVersion,
              std::string(Message::kName) + ": no version " + std::to_string(version));
}

/// Decodes one message that fills `bytes`; views in it point into them. kUnsupportedVersion as above;
/// kInvalidRequest when the bytes are no such message, or go on behind it and `trailing` is not allowed.
template <class Message>
Result<Message> decode_message(ByteView bytes, std::int16_t version, bool trailing = false) {
  if (const auto known = check_version<Message>(version); !known) return fail(known.error());
  Reader reader(bytes);
  Message message;
  message.decode(version, reader);
  if (!reader.ok()) {
    Error error = reader.error();
    error.message = std::string(Message::kName) + ": " + error.message;
    return fail(std::move(error));
  }
  if (!trailing && reader.remaining_bytes() > 0) {
    return fail(ErrorCode::kInvalidRequest, std::string(Message::kName) + ": bytes behind the message");
  }
  return message;
}

/// The message's bytes. kUnsupportedVersion when there is no such version or it cannot carry what the message
/// says. The message has no external records.
template <class Message>
Result<Bytes> encode_message(const Message& message, std::int16_t version) {
  if (const auto known = check_version<Message>(version); !known) return fail(known.error());
  const auto size_bytes = message.encoded_size(version);
  if (!size_bytes) return fail(size_bytes.error());
  Bytes bytes(*size_bytes);
  Writer writer(bytes);
  message.encode(version, writer);
  require(writer.position() == bytes.size(), "records of a log file are sent, not encoded");
  return bytes;
}

}  // namespace moldau::wire
