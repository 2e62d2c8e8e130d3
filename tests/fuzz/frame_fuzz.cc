// The bytes are read as the payload of a request frame and of responses. What is read must come out again as
// the same header, and the body is never more than what is left of the payload.

#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "protocol/messages/api_versions_response.h"
#include "protocol/messages/metadata_response.h"
#include "protocol/wire/frame/received_frame.h"

using moldau::require;
namespace wire = moldau::wire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const moldau::ByteView payload(data, size);
  if (const auto request = wire::read_request(payload)) {
    require(request->api != nullptr, "a request names a key");
    require(request->body.size() <= size, "the body lies in the payload");
    const std::int16_t header_version =
        wire::request_header_version(request->api->flexible_versions, request->header.request_api_version);
    if (const auto header = wire::encode_message(request->header, header_version)) {
      const auto again = wire::decode_message<moldau::protocol::RequestHeader>(*header, header_version);
      require(again.has_value() && *again == request->header, "a header survives encoding");
    }
  }
  if (size > 0) {
    const auto version = static_cast<std::int16_t>(data[0] % 15);
    (void)wire::read_correlation_id(payload);
    (void)wire::decode_response<moldau::protocol::MetadataResponse>(payload.subspan(1), version);
    (void)wire::decode_response<moldau::protocol::ApiVersionsResponse>(payload.subspan(1), version);
  }
  return 0;
}
