// The first bytes pick a message and a version, the rest is decoded as it. What decodes encodes, unless
// unknown tags came out of order, decodes again to an equal message, and survives JSON where its texts are
// UTF-8.

#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "protocol/wire/registry.h"

using moldau::require;
using moldau::wire::MessageInfo;

namespace {

void check_json(const MessageInfo& message, std::int16_t version, const moldau::Bytes& encoded) {
  const auto json = message.to_json(encoded, version);
  require(json.has_value(), "what decodes has a JSON form");
  const auto from_json = message.from_json(*json, version);
  if (!from_json) {
    require(from_json.error().message == "not JSON", "only texts that are not UTF-8 make bad JSON");
    return;
  }
  // JSON does not carry unknown tags, hence a message may come back smaller, but then it is stable.
  require(from_json->size() <= encoded.size(), "JSON adds nothing");
  const auto json_again = message.to_json(*from_json, version);
  require(json_again.has_value() && *json_again == *json, "a message survives JSON");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const auto& messages = moldau::wire::all_messages();
  const MessageInfo& message = messages[static_cast<std::size_t>(data[0] << 8 | data[1]) % messages.size()];
  const int versions = message.versions.highest - message.versions.lowest + 1;
  const auto version = static_cast<std::int16_t>(message.versions.lowest + data[2] % versions);
  const moldau::ByteView body(data + 3, size - 3);

  const auto encoded = message.reencode(body, version);
  if (!encoded) return 0;
  const auto again = message.reencode(*encoded, version);
  require(again.has_value() && *again == *encoded, "encoding is stable");
  const auto equal = message.equal(body, *encoded, version);
  require(equal.has_value(), "what was encoded decodes");
  check_json(message, version, *encoded);
  return 0;
}
