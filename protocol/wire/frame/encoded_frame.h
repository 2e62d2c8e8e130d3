#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "base/result.h"
#include "protocol/messages/request_header.h"
#include "protocol/messages/response_header.h"
#include "protocol/wire/frame/header_versions.h"
#include "protocol/wire/message.h"
#include "protocol/wire/writer.h"

namespace moldau::wire {

/// A whole frame to send: int32 length, header, body. The length counts the external records, which belong
/// into the bytes at the splices and are not in them.
struct EncodedFrame {
  Buffer bytes;
  std::vector<Splice> splices;
};

/// Encodes header and body behind their length. kUnsupportedVersion as encode_message(); kMessageTooLarge
/// when a frame cannot be that long.
template <class Header, class Body>
Result<EncodedFrame> encode_frame(const Header& header, std::int16_t header_version, const Body& body,
                                  std::int16_t version) {
  if (const auto known = check_version<Body>(version); !known) return fail(known.error());
  const auto header_bytes = header.encoded_size(header_version);
  if (!header_bytes) return fail(header_bytes.error());
  const auto body_bytes = body.encoded_size(version);
  if (!body_bytes) return fail(body_bytes.error());
  const std::size_t size_bytes = *header_bytes + *body_bytes;
  if (size_bytes > std::numeric_limits<std::int32_t>::max()) {
    return fail(ErrorCode::kMessageTooLarge, std::string(Body::kName) + ": longer than a frame can be");
  }
  // The buffer is not touched where external records would be, and gives that part back.
  EncodedFrame frame{Buffer(sizeof(std::int32_t) + size_bytes), {}};
  Writer writer(frame.bytes.bytes());
  writer.fixed(static_cast<std::int32_t>(size_bytes));
  header.encode(header_version, writer);
  body.encode(version, writer);
  frame.bytes.resize(writer.position());
  frame.splices.assign(writer.splices().begin(), writer.splices().end());
  return frame;
}

/// The frame of a request.
template <class Request>
Result<EncodedFrame> encode_request(const Request& request, std::int16_t version, std::int32_t correlation_id,
                                    std::optional<std::string_view> client_id) {
  protocol::RequestHeader header;
  header.request_api_key = Request::kApiKey;
  header.request_api_version = version;
  header.correlation_id = correlation_id;
  header.client_id = client_id;
  return encode_frame(header, request_header_version(Request::kFlexibleVersions, version), request, version);
}

/// The frame of the answer to the request with that correlation id and version.
template <class Response>
Result<EncodedFrame> encode_response(const Response& response, std::int16_t version,
                                     std::int32_t correlation_id) {
  protocol::ResponseHeader header;
  header.correlation_id = correlation_id;
  return encode_frame(header,
                      response_header_version(Response::kApiKey, Response::kFlexibleVersions, version),
                      response, version);
}

}  // namespace moldau::wire
