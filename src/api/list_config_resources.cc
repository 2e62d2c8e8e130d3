#include "api/list_config_resources.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "api/config_resources.h"

namespace moldau::api {
namespace {

using metadata::ConfigResourceType;
using protocol::ListConfigResourcesResponse;

constexpr std::array kAllTypes = {code_of(ConfigResourceType::kTopic), code_of(ConfigResourceType::kBroker),
                                  kBrokerLogger, code_of(ConfigResourceType::kClientMetrics),
                                  code_of(ConfigResourceType::kGroup)};

bool is_served(std::int8_t type, std::int16_t version) {
  if (version == 0) return type == code_of(ConfigResourceType::kClientMetrics);
  return std::ranges::find(kAllTypes, type) != kAllTypes.end();
}

void add(std::string_view name, std::int8_t type, ListConfigResourcesResponse& response) {
  response.config_resources.push_back({.resource_name = name, .resource_type = type, .unknown_tags = {}});
}

void add_all(Context& context, std::int8_t type, ListConfigResourcesResponse& response) {
  const metadata::Image& image = context.cluster->image;
  switch (type) {
    case code_of(ConfigResourceType::kTopic):
      for (const auto& [name, topic] : image.topics_by_name)
        add(topic->name(), type, response);
      return;
    case code_of(ConfigResourceType::kBroker):
    case kBrokerLogger:
      for (const auto& [id, broker] : image.brokers) {
        if (!broker->is_fenced) add(context.keep(std::to_string(id.value())), type, response);
      }
      return;
    default:
      for (const auto& [resource, configs] : image.configs) {
        if (resource.type == type) add(resource.name, type, response);
      }
  }
}

}  // namespace

runtime::Task<ListConfigResourcesResponse> list_config_resources(
    Context& context, const protocol::ListConfigResourcesRequest& request) {
  ListConfigResourcesResponse response;
  std::set<std::int8_t> types(request.resource_types.begin(), request.resource_types.end());
  if (types.empty()) {
    for (const std::int8_t type : kAllTypes) {
      if (is_served(type, context.request.version)) types.insert(type);
    }
  }
  for (const std::int8_t type : types) {
    if (is_served(type, context.request.version)) continue;
    response.error_code = ErrorCode::kUnsupportedVersion;
    co_return response;
  }
  for (const std::int8_t type : types) {
    add_all(context, type, response);
  }
  co_return response;
}

}  // namespace moldau::api
