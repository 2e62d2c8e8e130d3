#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "base/bytes.h"
#include "base/endian.h"
#include "base/result.h"
#include "protocol/wire/message.h"

namespace moldau::coordinator {

/// A big-endian int16, then the message: a key behind its type, a value behind its version. `message` holds
/// nothing that `version` cannot carry.
template <class Message>
Bytes prefixed(std::int16_t prefix, const Message& message, std::int16_t version) {
  const auto body = wire::encode_message(message, version);
  require(body.has_value(), "a coordinator's records hold only what their versions carry");
  Bytes bytes(sizeof(std::int16_t) + body->size());
  store_big_endian(bytes.data(), prefix);
  std::copy(body->begin(), body->end(), bytes.begin() + sizeof(std::int16_t));
  return bytes;
}

/// The number at the begin of a key or value; CORRUPT_MESSAGE where it is too short.
inline Result<std::int16_t> read_prefix(ByteView bytes) {
  if (bytes.size() < sizeof(std::int16_t)) return fail(ErrorCode::kCorruptMessage, "a record is too short");
  return load_big_endian<std::int16_t>(bytes.data());
}

/// The message behind the number. CORRUPT_MESSAGE where it cannot be read, or has a version that this release
/// does not know. Views of it point into `bytes`.
template <class Message>
Result<Message> decode_behind_prefix(ByteView bytes, std::int16_t version) {
  if (!Message::kVersions.contains(version)) {
    return fail(ErrorCode::kCorruptMessage,
                std::string(Message::kName) + " of unknown version " + std::to_string(version));
  }
  auto message = wire::decode_message<Message>(bytes.subspan(sizeof(std::int16_t)), version);
  if (!message) return fail(ErrorCode::kCorruptMessage, message.error().message);
  return message;
}

/// A key behind its type; keys have one version.
template <class Key>
Bytes key_bytes(const Key& key) {
  return prefixed(Key::kApiKey, key, 0);
}

/// The value behind its version; as decode_behind_prefix.
template <class Value>
Result<Value> decode_value(ByteView bytes) {
  const auto version = read_prefix(bytes);
  if (!version) return fail(version.error());
  return decode_behind_prefix<Value>(bytes, *version);
}

}  // namespace moldau::coordinator
