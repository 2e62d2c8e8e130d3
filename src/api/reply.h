#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "api/context.h"
#include "base/buffer.h"
#include "base/endian.h"
#include "io/stream.h"
#include "net/responder.h"
#include "observe/log.h"
#include "protocol/wire/message.h"
#include "protocol/wire/writer.h"
#include "runtime/pooled_allocator.h"

namespace moldau::api {

/// What stands in files, of one answer.
using Slices = std::vector<io::FileSlice, runtime::PooledAllocator<io::FileSlice>>;

/// Bytes of a response header: the correlation id, and an empty tagged section in flexible versions other
/// than ApiVersions', whose answer every client can read whatever it asked with (KIP-511).
std::size_t response_header_bytes(const RequestInfo& request, wire::VersionRange flexible_versions);

/// Writes length prefix and header of an answer with `body_bytes` of body.
void write_response_header(wire::Writer& writer, const RequestInfo& request,
                           wire::VersionRange flexible_versions, std::size_t body_bytes);

/// Cuts an encoded answer at its splices and puts the slices in between, in order. The slices' sizes are
/// those of the splices.
std::vector<io::Piece> splice(Buffer encoded, std::span<const wire::Splice> splices, Slices slices);

/// Encodes and sends the answer to the request under way; `slices` are the external records of the response
/// in the order of its fields. Fails, and nothing is sent, where the version cannot carry the response.
template <class Response>
Result<void> try_reply(const net::Responder& responder, const RequestInfo& request, const Response& response,
                       Slices slices = {}) {
  const auto body_bytes = response.encoded_size(request.version);
  if (!body_bytes) return std::unexpected(body_bytes.error());
  std::size_t external_bytes = 0;
  for (const io::FileSlice& slice : slices) {
    external_bytes += slice.size_bytes;
  }
  const std::size_t header_bytes = response_header_bytes(request, Response::kFlexibleVersions);
  Buffer buffer(4 + header_bytes + *body_bytes - external_bytes);
  wire::Writer writer(buffer.bytes());
  write_response_header(writer, request, Response::kFlexibleVersions, *body_bytes);
  response.encode(request.version, writer);
  responder.answer(splice(std::move(buffer), writer.splices(), std::move(slices)));
  return {};
}

/// The same for a response that its version should be able to carry: where it cannot, that is our own
/// mistake, which is logged, and the connection is closed.
template <class Response>
void send_reply(const net::Responder& responder, const RequestInfo& request, const Response& response,
                Slices slices = {}) {
  const auto sent = try_reply(responder, request, response, std::move(slices));
  if (sent) return;
  observe::error("no answer of {} v{}: {}", Response::kName, request.version, sent.error().message);
  responder.refuse();
}

}  // namespace moldau::api
