#include "tools/admin.h"

#include <algorithm>

#include "protocol/messages/api_keys.h"
#include "protocol/messages/api_versions_request.h"
#include "protocol/messages/api_versions_response.h"

namespace moldau::tools {

Result<void> Admin::greet() {
  // Answered by every broker, and without a client's name in it.
  const auto answer = ask_in<protocol::ApiVersionsResponse>(protocol::ApiVersionsRequest{}, 0);
  if (!answer) return fail(answer.error());
  const protocol::ApiVersionsResponse& response = **answer;
  if (response.error_code != ErrorCode::kNone) {
    return fail(response.error_code,
                "ApiVersions is answered with " + std::string(error_name(response.error_code)));
  }
  for (const auto& api : response.api_keys) {
    served_.push_back({.key = api.api_key, .versions = {api.min_version, api.max_version}});
  }
  std::ranges::sort(served_, {}, &ServedApi::key);
  return {};
}

Result<net::Frame> Admin::exchange(Buffer frame) {
  auto answer = link_.exchange(std::move(frame));
  if (!answer) return answer;
  const auto correlation_id = wire::read_correlation_id(std::as_const(*answer).bytes());
  if (!correlation_id || *correlation_id != correlation_id_) {
    return fail(ErrorCode::kInvalidRequest, "what answers there is no broker");
  }
  return answer;
}

Result<std::int16_t> Admin::common_version(std::int16_t key, wire::VersionRange known) const {
  const auto served = std::ranges::find(served_, key, &ServedApi::key);
  if (served != served_.end()) {
    const std::int16_t version = std::min(served->versions.highest, known.highest);
    if (version >= std::max(served->versions.lowest, known.lowest)) return version;
  }
  const protocol::ApiInfo* api = protocol::find_api(key);
  return fail(ErrorCode::kUnsupportedVersion,
              "The broker does not serve " + std::string(api == nullptr ? "this" : api->name));
}

std::string words_of(ErrorCode code, std::optional<std::string_view> message) {
  return std::string(message ? *message : error_name(code));
}

}  // namespace moldau::tools
