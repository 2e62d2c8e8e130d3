#include "metadata/update_features.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "metadata/format_levels.h"
#include "metadata/record_writer.h"

namespace moldau::metadata {
namespace {

constexpr std::string_view kMinInSyncReplicas = "min.insync.replicas";

std::unexpected<Error> refused(const std::string& why) {
  return fail(ErrorCode::kInvalidUpdateVersion,
              "The update failed for all features since the following feature had an error: " + why);
}

std::unexpected<Error> refused(const FeatureUpdate& update, const std::string& why) {
  return refused("Invalid update version " + std::to_string(update.level) + " for feature " + update.feature +
                 ". " + why);
}

std::int16_t current_level(std::string_view feature, const DecisionContext& context) {
  if (feature == kMetadataVersionFeature) return finalized_version(context).level();
  if (feature == kKraftVersionFeature) return context.kraft_version;
  return context.image.feature_level(feature);
}

/// Why that node cannot run at the level, or nothing if it can. A feature that it does not name is one that
/// it has at level 0 alone.
std::optional<std::string> reason_not_supported(std::int16_t level, const std::string& node,
                                                LevelRange levels) {
  if (levels.contains(level)) return std::nullopt;
  if (levels.max == 0) return node + " does not support this feature.";
  const std::string range = levels.min == levels.max
                                ? std::to_string(levels.min)
                                : std::to_string(levels.min) + "-" + std::to_string(levels.max);
  return node + " only supports versions " + range;
}

LevelRange levels_of(const FeatureRanges& features, const std::string& name) {
  const auto found = features.find(name);
  return found == features.end() ? LevelRange{} : found->second;
}

/// The same for all controllers other than this one, which the metadata knows from 3.7 on.
std::optional<std::string> reason_of_controllers(const FeatureUpdate& update,
                                                 const ControllerSupport& support,
                                                 const DecisionContext& context) {
  if (!finalized_version(context).supports_controller_registration()) return std::nullopt;
  const BrokerId self = context.settings.node_id;
  std::set<BrokerId> registered{self};
  for (const auto& [id, controller] : context.image.controllers) {
    if (id == self) continue;
    const std::string node = "Controller " + std::to_string(id.value());
    auto reason = reason_not_supported(update.level, node, levels_of(controller->features, update.feature));
    if (reason) return reason;
    registered.insert(id);
  }
  for (const BrokerId id : support.configured_ids) {
    if (registered.contains(id)) continue;
    return "controller " + std::to_string(id.value()) +
           " has not registered, and may not support this feature";
  }
  return std::nullopt;
}

std::optional<std::string> reason_of_cluster(const FeatureUpdate& update, const ControllerSupport& support,
                                             const DecisionContext& context) {
  const LevelRange local = supported_levels(update.feature, support.allow_unstable).value_or(LevelRange{});
  const std::string self = std::to_string(context.settings.node_id.value());
  if (auto reason = reason_not_supported(update.level, "Local controller " + self, local)) return reason;
  for (const auto& [id, broker] : context.image.brokers) {
    const std::string node = "Broker " + std::to_string(id.value());
    auto reason = reason_not_supported(update.level, node, levels_of(broker->features, update.feature));
    if (reason) return reason;
  }
  return reason_of_controllers(update, support, context);
}

Result<void> check_direction(const FeatureUpdate& update, std::int16_t current) {
  if (update.level < current && update.type == UpgradeType::kUpgrade) {
    return refused(update,
                   "Can't downgrade the version of this feature without setting the upgrade type to either "
                   "safe or unsafe downgrade.");
  }
  if (update.level > current && update.type != UpgradeType::kUpgrade) {
    return refused(update, "Can't downgrade to a newer version.");
  }
  return {};
}

/// True if records of the one version are not all known to the other.
bool have_different_records(MetadataVersion a, MetadataVersion b) {
  return a.supports_migration_flag() != b.supports_migration_flag() ||
         a.supports_scram() != b.supports_scram() || a.supports_transactions() != b.supports_transactions() ||
         a.supports_delegation_tokens() != b.supports_delegation_tokens() ||
         a.supports_controller_registration() != b.supports_controller_registration() ||
         a.supports_directories() != b.supports_directories() || a.supports_elr() != b.supports_elr() ||
         a.supports_cordoned_directories() != b.supports_cordoned_directories();
}

Result<void> check_metadata_version(const FeatureUpdate& update, const DecisionContext& context) {
  const MetadataVersion current = finalized_version(context);
  const auto wanted = MetadataVersion::from_level(update.level);
  if (!wanted) {
    return refused("Invalid metadata.version " + std::to_string(update.level) + ". Valid versions are from " +
                   std::to_string(MetadataVersion::kLowest) + " to " +
                   std::to_string(MetadataVersion::kHighest) + ".");
  }
  if (*wanted >= current || !have_different_records(*wanted, current)) return {};
  const char* why = update.type == UpgradeType::kUnsafeDowngrade
                        ? "Unsafe metadata downgrade is not supported in this version."
                        : "Refusing to perform the requested downgrade because it might delete metadata "
                          "information.";
  return refused("Unsupported metadata.version downgrade from " + std::to_string(current.level()) + " to " +
                 std::to_string(update.level) + ". " + why);
}

/// `proposed` are the levels of all features once the request is done.
Result<void> check_dependencies(const FeatureUpdate& update, const FeatureLevels& proposed) {
  const auto depends = [&](const std::string& on) {
    return refused(update, update.feature + " could not be set to " + std::to_string(update.level) +
                               " because it depends on " + on);
  };
  const auto needed = dependencies_of(update.feature, update.level);
  if (!needed) return refused(update, "Feature " + update.feature + " not found.");
  if (update.level >= 1 && proposed.at(std::string(kMetadataVersionFeature)) < MetadataVersion::kLowest) {
    const auto lowest = MetadataVersion::from_level(MetadataVersion::kLowest);
    return depends("metadata.version=" + std::to_string(MetadataVersion::kLowest) + " (" +
                   std::string(lowest->name()) + ")");
  }
  for (const auto& [name, least] : *needed) {
    const auto there = proposed.find(name);
    if (there == proposed.end() || there->second < least)
      return depends(name + " level " + std::to_string(least));
  }
  return {};
}

Result<void> update_one(const FeatureUpdate& update, const FeatureLevels& proposed,
                        const ControllerSupport& support, const DecisionContext& context,
                        std::vector<Bytes>& records) {
  if (update.type < UpgradeType::kUpgrade || update.type > UpgradeType::kUnsafeDowngrade) {
    return refused(update, "The controller does not support the given upgrade type.");
  }
  if (update.level < 0) return refused(update, "A feature version cannot be less than 0.");
  if (const auto reason = reason_of_cluster(update, support, context)) return refused(update, *reason);
  const std::int16_t current = current_level(update.feature, context);
  if (auto checked = check_direction(update, current); !checked) return checked;
  if (update.feature == kKraftVersionFeature) {
    if (update.level < current) return refused(update, "Can't downgrade the version of this feature.");
    // As in Apache Kafka: something to wait for, as the quorum's own records are not the controller's.
    if (update.type == UpgradeType::kUpgrade) records.push_back(write::no_op());
    return {};
  }
  auto checked = update.feature == kMetadataVersionFeature ? check_metadata_version(update, context)
                                                           : check_dependencies(update, proposed);
  if (!checked) return checked;
  records.push_back(write::feature_level(update.feature, update.level));
  return {};
}

/// With eligible leader replicas the minimum must be the same for all brokers (KIP-966): it becomes a config
/// of the cluster, and those of brokers go.
std::vector<Bytes> elr_safety_records(const DecisionContext& context) {
  std::vector<Bytes> records;
  const Configs* cluster = context.image.configs_of(cluster_resource());
  if (cluster == nullptr || !cluster->contains(kMinInSyncReplicas)) {
    records.push_back(write::config(cluster_resource(), kMinInSyncReplicas,
                                    std::to_string(context.settings.static_min_insync_replicas)));
  }
  std::set<std::int32_t> brokers;
  for (const auto& [resource, configs] : context.image.configs) {
    std::int32_t id = -1;
    std::from_chars(resource.name.data(), resource.name.data() + resource.name.size(), id);
    const bool is_one_broker = id >= 0 && resource == broker_resource(BrokerId(id));
    if (is_one_broker && configs->contains(kMinInSyncReplicas)) brokers.insert(id);
  }
  for (const std::int32_t id : brokers)
    records.push_back(write::config(broker_resource(BrokerId(id)), kMinInSyncReplicas, std::nullopt));
  return records;
}

FeatureLevels proposed_levels(std::span<const FeatureUpdate> updates, const DecisionContext& context) {
  FeatureLevels levels;
  for (const auto& [name, level] : context.image.features)
    levels.insert_or_assign(name, level);
  levels.insert_or_assign(std::string(kMetadataVersionFeature), finalized_version(context).level());
  for (const FeatureUpdate& update : updates)
    levels.insert_or_assign(update.feature, update.level);
  return levels;
}

}  // namespace

Result<Decision<std::monostate>> update_features(std::span<const FeatureUpdate> updates, bool validate_only,
                                                 const ControllerSupport& support,
                                                 const DecisionContext& context) {
  Decision<std::monostate> decision{.records = {}, .response = {}, .is_atomic = true};
  const FeatureLevels proposed = proposed_levels(updates, context);
  std::vector<Bytes> levels;
  for (const FeatureUpdate& update : updates) {
    if (auto done = update_one(update, proposed, support, context, levels); !done)
      return fail(std::move(done).error());
  }
  if (validate_only) return decision;
  for (const FeatureUpdate& update : updates) {
    if (update.feature == kKraftVersionFeature && update.level > context.kraft_version)
      decision.kraft_version = update.level;
  }
  const bool enables_elr = std::ranges::any_of(
      updates, [](const FeatureUpdate& update) { return update.feature == kElrFeature && update.level > 0; });
  if (enables_elr) decision.records = elr_safety_records(context);
  std::ranges::move(levels, std::back_inserter(decision.records));
  return decision;
}

}  // namespace moldau::metadata
