#include "protocol/wire/frame/received_frame.h"

#include "base/endian.h"

namespace moldau::wire {

Result<ReceivedRequest> read_request(ByteView payload) {
  Reader preamble(payload);
  const auto key = preamble.fixed<std::int16_t>();
  const auto version = preamble.fixed<std::int16_t>();
  if (!preamble.ok()) return fail(preamble.error());
  const protocol::ApiInfo* api = protocol::find_api(key);
  if (api == nullptr) return fail(ErrorCode::kInvalidRequest, "no API has the key " + std::to_string(key));
  const bool is_known = api->versions.contains(version);
  if (!is_known && api->key != protocol::ApiKey::kApiVersions) {
    return fail(ErrorCode::kUnsupportedVersion,
                std::string(api->name) + ": no version " + std::to_string(version));
  }
  ReceivedRequest request{.api = api, .header = {}, .is_known_version = is_known, .body = {}};
  Reader reader(payload);
  request.header.decode(request_header_version(api->flexible_versions, version), reader);
  if (!reader.ok()) return fail(reader.error());
  request.body = payload.subspan(reader.position());
  return request;
}

Result<std::int32_t> read_correlation_id(ByteView payload) {
  if (payload.size() < sizeof(std::int32_t)) {
    return fail(ErrorCode::kInvalidRequest, "a response is shorter than its correlation id");
  }
  return load_big_endian<std::int32_t>(payload.data());
}

}  // namespace moldau::wire
