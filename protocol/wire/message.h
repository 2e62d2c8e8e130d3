#pragma once

#include <cstdint>
#include <string>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"
#include "protocol/wire/reader.h"
#include "protocol/wire/writer.h"

namespace moldau::wire {

/// Decodes one message that fills `bytes`; views in it point into them. kInvalidRequest when the bytes are
/// no such message, or go on behind it and `trailing` is not allowed.
template <class Message>
Result<Message> decode_message(ByteView bytes, std::int16_t version, bool trailing = false) {
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

/// The message's bytes. kUnsupportedVersion when this version cannot carry what the message says.
template <class Message>
Result<Bytes> encode_message(const Message& message, std::int16_t version) {
  const auto size_bytes = message.encoded_size(version);
  if (!size_bytes) return fail(size_bytes.error());
  Bytes bytes(*size_bytes);
  Writer writer(bytes);
  message.encode(version, writer);
  return bytes;
}

}  // namespace moldau::wire
