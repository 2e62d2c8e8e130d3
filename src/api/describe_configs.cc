#include "api/describe_configs.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "api/config_resources.h"
#include "api/keep_any.h"
#include "config/describe.h"
#include "metadata/topic.h"
#include "runtime/layered_config.h"

namespace moldau::api {
namespace {

using metadata::ConfigResourceType;
using protocol::DescribeConfigsRequest;
using protocol::DescribeConfigsResponse;
using Resource = DescribeConfigsRequest::DescribeConfigsResource;
using ResourceResult = DescribeConfigsResponse::DescribeConfigsResult;
using Described = std::vector<config::DescribedConfig>;

/// Settings in one answer: those of some thirty thousand topics.
constexpr std::size_t kMostConfigs = 1'000'000;
/// Those of resources that the request has named before, which only a request made to cost much does.
constexpr std::size_t kMostRepeatedConfigs = 10'000;

/// Counts what is described for one request.
class DescribedCount {
 public:
  /// False for a resource that would be too much.
  bool may_describe(const Resource& resource) {
    is_repeated_ = !named_.emplace(resource.resource_type, resource.resource_name).second;
    return configs_ < kMostConfigs && (!is_repeated_ || repeated_configs_ < kMostRepeatedConfigs);
  }

  /// What the resource asked about last had.
  void add(std::size_t configs) {
    configs_ += configs;
    if (is_repeated_) repeated_configs_ += configs;
  }

 private:
  std::set<std::pair<std::int8_t, std::string_view>> named_;
  bool is_repeated_ = false;
  std::size_t configs_ = 0;
  std::size_t repeated_configs_ = 0;
};

/// Whether a resource names this broker.
Result<void> check_broker(const Context& context, std::string_view name, std::string_view expected) {
  const auto id = node_named(name, "Broker id");
  if (!id) return fail(id.error());
  if (*id == context.node.id().value()) return {};
  return fail(ErrorCode::kInvalidRequest, "Unexpected broker id, expected " +
                                              std::to_string(context.node.id().value()) +
                                              std::string(expected) + " but received " + std::string(name));
}

Result<Described> describe_topic(const Context& context, std::string_view name,
                                 const config::BrokerConfig& broker) {
  if (auto checked = metadata::check_topic_name(name); !checked) return fail(std::move(checked).error());
  if (context.cluster->image.topic(name) == nullptr) return fail(ErrorCode::kUnknownTopicOrPartition);
  return config::describe_topic(broker, overrides_of(context, ConfigResourceType::kTopic, name));
}

Result<Described> describe(const Context& context, const Resource& resource,
                           const config::BrokerConfig& broker) {
  const std::string_view name = resource.resource_name;
  switch (resource.resource_type) {
    case code_of(ConfigResourceType::kTopic):
      return describe_topic(context, name, broker);
    case code_of(ConfigResourceType::kBroker):
      if (name.empty()) return config::describe_broker_defaults(broker);
      if (auto here = check_broker(context, name, " or empty string,"); !here)
        return fail(std::move(here).error());
      return config::describe_broker(broker);
    case kBrokerLogger:
      if (name.empty()) return fail(ErrorCode::kInvalidRequest, "Broker id must not be empty");
      if (auto here = check_broker(context, name, ""); !here) return fail(std::move(here).error());
      return Described();
    case code_of(ConfigResourceType::kClientMetrics):
      if (name.empty()) {
        return fail(ErrorCode::kInvalidRequest, "Client metrics subscription name must not be empty");
      }
      return config::describe_client_metrics(overrides_of(context, ConfigResourceType::kClientMetrics, name));
    case code_of(ConfigResourceType::kGroup):
      if (name.empty()) return fail(ErrorCode::kInvalidRequest, "Group name must not be empty");
      return config::describe_group(broker, overrides_of(context, ConfigResourceType::kGroup, name));
    default:
      return fail(ErrorCode::kInvalidRequest,
                  "This most likely occurs because of a request being malformed by the client library or the "
                  "message was sent to an incompatible broker. See the broker logs for more details.");
  }
}

/// Leaves those that the request names.
void select(const Resource& resource, Described& all) {
  if (!resource.configuration_keys || resource.configuration_keys->empty()) return;
  const std::set<std::string_view> wanted(resource.configuration_keys->begin(),
                                          resource.configuration_keys->end());
  std::erase_if(all, [&wanted](const config::DescribedConfig& one) { return !wanted.contains(one.name); });
}

void add(Context& context, bool with_synonyms, config::DescribedConfig config, ResourceResult& result) {
  auto& answered = result.configs.emplace_back();
  answered.name = context.keep(std::move(config.name));
  answered.value = keep_any(context, std::move(config.value));
  answered.read_only = config.read_only;
  answered.config_source = static_cast<std::int8_t>(config.source);
  answered.is_sensitive = config.sensitive;
  answered.config_type = static_cast<std::int8_t>(config.type);
  answered.documentation.reset();
  if (!with_synonyms) return;
  for (config::DescribedSynonym& synonym : config.synonyms) {
    answered.synonyms.push_back({.name = context.keep(std::move(synonym.name)),
                                 .value = keep_any(context, std::move(synonym.value)),
                                 .source = static_cast<std::int8_t>(synonym.source),
                                 .unknown_tags = {}});
  }
}

}  // namespace

runtime::Task<DescribeConfigsResponse> describe_configs(Context& context,
                                                        const DescribeConfigsRequest& request) {
  DescribeConfigsResponse response;
  runtime::LayeredConfig layered(context.node.config());
  const config::BrokerConfig& broker = config_in_force(context, layered);
  DescribedCount count;
  for (const Resource& resource : request.resources) {
    ResourceResult& result = response.results.emplace_back();
    result.resource_type = resource.resource_type;
    result.resource_name = resource.resource_name;
    auto described = count.may_describe(resource)
                         ? describe(context, resource, broker)
                         : fail(ErrorCode::kInvalidRequest, "The request names too many resources.");
    if (!described) {
      result.error_code = described.error().code;
      result.error_message = context.keep(std::move(described.error().message));
      continue;
    }
    count.add(described->size());
    select(resource, *described);
    for (config::DescribedConfig& config : *described) {
      add(context, request.include_synonyms, std::move(config), result);
    }
  }
  co_return response;
}

}  // namespace moldau::api
