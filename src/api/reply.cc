#include "api/reply.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace moldau::api {
namespace {

bool has_tagged_header(const RequestInfo& request, wire::VersionRange flexible_versions) {
  return request.key != protocol::ApiKey::kApiVersions && flexible_versions.contains(request.version);
}

}  // namespace

std::size_t response_header_bytes(const RequestInfo& request, wire::VersionRange flexible_versions) {
  return has_tagged_header(request, flexible_versions) ? 5 : 4;
}

void write_response_header(wire::Writer& writer, const RequestInfo& request,
                           wire::VersionRange flexible_versions, std::size_t body_bytes) {
  const std::size_t header_bytes = response_header_bytes(request, flexible_versions);
  writer.fixed(static_cast<std::int32_t>(header_bytes + body_bytes));
  writer.fixed(request.correlation_id);
  if (has_tagged_header(request, flexible_versions)) writer.varint(0);
}

std::vector<io::Piece> splice(Buffer encoded, std::span<const wire::Splice> splices, Slices slices) {
  require(splices.size() == slices.size(), "every external field has its slice");
  std::vector<io::Piece> pieces;
  pieces.reserve(2 * slices.size() + 1);
  pieces.emplace_back();
  for (std::size_t i = 0; i < slices.size(); ++i) {
    require(splices[i].size_bytes == slices[i].size_bytes, "a slice has the size that was announced");
    pieces.emplace_back(std::move(slices[i]));
    const std::size_t end = i + 1 < slices.size() ? splices[i + 1].position : encoded.size();
    const ByteView behind = encoded.bytes().subspan(splices[i].position, end - splices[i].position);
    if (behind.empty()) continue;
    Buffer copy;
    copy.append(behind);
    pieces.emplace_back(std::move(copy));
  }
  // What stands before the first slice stays where it is.
  if (!splices.empty()) encoded.resize(splices.front().position);
  pieces.front() = std::move(encoded);
  return pieces;
}

}  // namespace moldau::api
