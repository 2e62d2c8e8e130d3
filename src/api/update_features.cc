#include "api/update_features.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "api/all_failed.h"
#include "config/java_order.h"
#include "metadata/update_features.h"

namespace moldau::api {
namespace {

using protocol::UpdateFeaturesRequest;
using protocol::UpdateFeaturesResponse;

constexpr std::int16_t kLastVersionWithResults = 1;

/// Each feature once, as it is named last, in the order in which Apache Kafka judges them: its first mistake
/// is the answer. Version 0 has no types of upgrades, and what it has in their place says nothing there.
std::vector<metadata::FeatureUpdate> updates_of(const UpdateFeaturesRequest& request) {
  std::map<std::string_view, metadata::FeatureUpdate> by_name;
  std::vector<std::string_view> names;
  for (const auto& wanted : request.feature_updates) {
    metadata::FeatureUpdate update{.feature = std::string(wanted.feature),
                                   .level = wanted.max_version_level,
                                   .type = static_cast<metadata::UpgradeType>(wanted.upgrade_type)};
    if (by_name.insert_or_assign(wanted.feature, std::move(update)).second) names.push_back(wanted.feature);
  }
  config::sort_like_hash_map(names, config::hash_map_buckets(names.size()));
  std::vector<metadata::FeatureUpdate> updates;
  for (const std::string_view name : names)
    updates.push_back(std::move(by_name.at(name)));
  return updates;
}

metadata::ControllerSupport support_of(const Context& context) {
  const config::BrokerConfig& config = context.node.config();
  metadata::ControllerSupport support{.allow_unstable = config.node.unstable_feature_versions_enable,
                                      .configured_ids = {}};
  for (const auto& [id, address] : config.quorum.voters)
    support.configured_ids.emplace_back(id);
  return support;
}

}  // namespace

runtime::Task<UpdateFeaturesResponse> update_features(Context& context,
                                                      const UpdateFeaturesRequest& request) {
  const auto done = co_await context.node.decide<std::monostate>(
      context.shard, [updates = updates_of(request), support = support_of(context),
                      validate_only = request.validate_only](const metadata::DecisionContext& decision) {
        return metadata::update_features(updates, validate_only, support, decision);
      });
  if (!done) co_return all_failed(request, context.request.version, failure_of(context, done.error()));
  UpdateFeaturesResponse response;
  response.error_message.reset();
  if (context.request.version > kLastVersionWithResults) co_return response;
  for (const auto& wanted : request.feature_updates) {
    auto& result = response.results.emplace_back();
    result.feature = wanted.feature;
    result.error_message = "NONE";  // the words of Apache Kafka for no error
  }
  co_return response;
}

}  // namespace moldau::api
