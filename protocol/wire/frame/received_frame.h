#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "protocol/messages/api_keys.h"
#include "protocol/messages/request_header.h"
#include "protocol/messages/response_header.h"
#include "protocol/wire/frame/header_versions.h"
#include "protocol/wire/message.h"

namespace moldau::wire {

/// A request as it came, its body still undecoded. Views point into the frame.
struct ReceivedRequest {
  const protocol::ApiInfo* api = nullptr;  ///< never null; static storage
  protocol::RequestHeader header;
  /// False only for ApiVersions, which is answered in every version; the body says nothing then.
  bool is_known_version = true;
  ByteView body;
};

/// Reads the header of a request frame; `payload` is what follows the frame's length. kInvalidRequest for a
/// key that is not live or a malformed header, kUnsupportedVersion for a version that the release does not
/// have: to both, Apache Kafka closes the connection.
Result<ReceivedRequest> read_request(ByteView payload);

/// Correlation id of a response frame, by which its request is found. kInvalidRequest when it is too short.
Result<std::int32_t> read_correlation_id(ByteView payload);

/// Decodes a response frame behind read_correlation_id(); views point into the payload. As in Apache Kafka,
/// more bytes may follow the body.
template <class Response>
Result<Response> decode_response(ByteView payload, std::int16_t version) {
  const std::int16_t header_version =
      response_header_version(Response::kApiKey, Response::kFlexibleVersions, version);
  Reader reader(payload);
  protocol::ResponseHeader header;
  header.decode(header_version, reader);
  if (!reader.ok()) return fail(reader.error());
  return decode_message<Response>(payload.subspan(reader.position()), version, true);
}

}  // namespace moldau::wire
