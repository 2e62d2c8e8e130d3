// The first bytes pick a message and a version, the rest is decoded as it. What decodes must encode, decode
// again to an equal message, and survive JSON.

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/assert.h"
#include "protocol/wire/registry.h"

using moldau::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const auto& messages = moldau::wire::all_messages();
  const auto& message = messages[static_cast<std::size_t>(data[0] << 8 | data[1]) % messages.size()];
  const int versions = message.versions.highest - message.versions.lowest + 1;
  const auto version = static_cast<std::int16_t>(message.versions.lowest + data[2] % versions);
  const moldau::ByteView body(data + 3, size - 3);

  const auto encoded = message.reencode(body, version);
  if (!encoded) return 0;
  const auto again = message.reencode(*encoded, version);
  require(again.has_value() && *again == *encoded, "encoding is stable");
  require(message.to_json(*encoded, version).has_value(), "what decodes has a JSON form");
  return 0;
}
