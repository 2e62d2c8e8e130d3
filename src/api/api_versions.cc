#include "api/api_versions.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "api/handlers.h"
#include "api/reply.h"
#include "metadata/features.h"
#include "metadata/image_queries.h"

namespace moldau::api {
namespace {

using protocol::ApiVersionsResponse;

bool is_alphanumeric(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

/// Letters and digits, with dots and dashes between them.
bool is_client_software_text(std::string_view text) {
  if (text.empty() || !is_alphanumeric(text.front()) || !is_alphanumeric(text.back())) return false;
  return std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '.' || c == '-'; });
}

ApiVersionsResponse::ApiVersion entry_of(const Handler& handler, bool allow_unstable) {
  // Older librdkafka asks for Produce 0 before it uses anything newer, so Apache Kafka claims it.
  const std::int16_t lowest =
      handler.key == protocol::ApiKey::kProduce ? std::int16_t{0} : handler.versions.lowest;
  return {.api_key = static_cast<std::int16_t>(handler.key),
          .min_version = lowest,
          .max_version = handler.served(allow_unstable).highest,
          .unknown_tags = {}};
}

/// What the listener claims: a controller's goes by the setting for requests, as Apache Kafka's, though the
/// node registers by the one for features.
bool allows_unstable(const Context& context) {
  const config::NodeSection& node = context.node.config().node;
  return context.listener.is_controller ? node.unstable_api_versions_enable
                                        : node.unstable_feature_versions_enable;
}

void add_features(const Context& context, ApiVersionsResponse& response) {
  const bool allow_unstable = allows_unstable(context);
  for (const auto& [name, levels] : metadata::supported_features(allow_unstable)) {
    // Clients before version 4 cannot read a lowest level of 0 (KIP-584).
    if (levels.min == 0 && context.request.version < 4) continue;
    response.supported_features.push_back(
        {.name = name, .min_version = levels.min, .max_version = levels.max, .unknown_tags = {}});
  }
}

}  // namespace

runtime::Task<ApiVersionsResponse> api_versions(Context& context,
                                                const protocol::ApiVersionsRequest& request) {
  ApiVersionsResponse response;
  if (context.request.version >= 3 && (!is_client_software_text(request.client_software_name) ||
                                       !is_client_software_text(request.client_software_version))) {
    response.error_code = ErrorCode::kInvalidRequest;
    co_return response;
  }
  const bool allow_unstable = context.node.config().node.unstable_api_versions_enable;
  for (const Handler& handler : handlers()) {
    if (context.listener.is_controller ? handler.on_controller : handler.on_broker) {
      response.api_keys.push_back(entry_of(handler, allow_unstable));
    }
  }
  if (context.request.version >= 3) {
    add_features(context, response);
    for (auto& [name, level] :
         metadata::finalized_features(context.cluster->image, context.cluster->kraft_version)) {
      response.finalized_features.push_back({.name = context.keep(name),
                                             .max_version_level = level,
                                             .min_version_level = level,
                                             .unknown_tags = {}});
    }
    response.finalized_features_epoch = context.cluster->image.provenance.last_offset;
  }
  co_return response;
}

void answer_unknown_version(const net::Responder& responder, const RequestInfo& request) {
  ApiVersionsResponse response;
  response.error_code = ErrorCode::kUnsupportedVersion;
  response.api_keys.push_back(
      entry_of(*find_handler(static_cast<std::int16_t>(protocol::ApiKey::kApiVersions)), false));
  RequestInfo as_first_version = request;
  as_first_version.version = 0;
  send_reply(responder, as_first_version, response);
}

}  // namespace moldau::api
