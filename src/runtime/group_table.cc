#include "runtime/group_table.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "config/group_config.h"

namespace moldau::runtime {
namespace {

coordinator::MigrationPolicy migration_policy(std::string_view policy) {
  const bool both = equals_ignoring_case(policy, "bidirectional");
  return {.upgrade = both || equals_ignoring_case(policy, "upgrade"),
          .downgrade = both || equals_ignoring_case(policy, "downgrade")};
}

coordinator::GroupCoordinatorConfig settings_of(const config::BrokerConfig& config) {
  return {.initial_rebalance_delay_ms = config.groups.initial_rebalance_delay_ms,
          .min_session_timeout_ms = config.groups.min_session_timeout_ms,
          .max_session_timeout_ms = config.groups.max_session_timeout_ms,
          .max_size = config.groups.max_size,
          .offset_metadata_max_bytes = config.offsets.metadata_max_bytes,
          .offsets_retention_ms = config.offsets.retention_ms,
          .retention_check_interval_ms = config.offsets.retention_check_interval_ms,
          .consumer_max_size = config.groups.consumer_max_size,
          .share_max_size = config.groups.share_max_size,
          .migration = migration_policy(config.groups.consumer_migration_policy)};
}

coordinator::ConsumerGroupSettings consumer_settings(const config::BrokerConfig& config,
                                                     const metadata::Configs* overrides) {
  const auto number = [&](std::string_view name) {
    return static_cast<std::int32_t>(config::group_value(config, overrides, name));
  };
  return {.session_timeout_ms = number("consumer.session.timeout.ms"),
          .heartbeat_interval_ms = number("consumer.heartbeat.interval.ms"),
          .assignment_interval_ms = number("consumer.assignment.interval.ms"),
          .regex_refresh_interval_ms = config.groups.consumer_regex_refresh_interval_ms,
          .default_assignor = config.groups.consumer_assignors.front()};
}

coordinator::ShareGroupSettings share_settings(const config::BrokerConfig& config,
                                               const metadata::Configs* overrides) {
  const auto number = [&](std::string_view name) {
    return static_cast<std::int32_t>(config::group_value(config, overrides, name));
  };
  return {.session_timeout_ms = number("share.session.timeout.ms"),
          .heartbeat_interval_ms = number("share.heartbeat.interval.ms"),
          .assignment_interval_ms = number("share.assignment.interval.ms"),
          .initialize_retry_interval_ms = config.groups.share_initialize_retry_interval_ms};
}

metadata::ConfigResource group_resource(std::string_view group) {
  return {.type = static_cast<std::int8_t>(metadata::ConfigResourceType::kGroup), .name = std::string(group)};
}

/// What of the cluster's topics is other than before.
struct TopicChanges {
  std::vector<coordinator::DeletedTopic> deleted;
  std::vector<std::string> names;
  bool has_new = false;
};

TopicChanges changes_of(const ClusterView& view, const metadata::ImageDelta& delta) {
  TopicChanges changes;
  for (const auto& [id, topic] : delta.removed_topics) {
    changes.deleted.push_back({.id = id, .name = topic->name()});
    changes.names.push_back(topic->name());
  }
  for (const auto& [id, change] : delta.topics) {
    changes.has_new = changes.has_new || change.is_new;
    if (const metadata::Topic* topic = view.image.topic(id)) changes.names.push_back(topic->name());
  }
  return changes;
}

}  // namespace

GroupTable::GroupTable(Shard& shard, PartitionTable& partitions, const config::BrokerConfig& config)
    : CoordinatorTable(kOffsetsTopic, shard, partitions, BrokerId(config.node.node_id)),
      shard_(shard),
      config_(config),
      layered_(config),
      consumer_defaults_(consumer_settings(config, nullptr)),
      share_defaults_(share_settings(config, nullptr)),
      topics_(std::make_shared<const ImageTopics>(metadata::Image())) {}

coordinator::ConsumerGroupSettings GroupTable::consumer_settings_of(std::string_view group) const {
  const metadata::Configs* overrides = topics_->image().configs_of(group_resource(group));
  if (overrides == nullptr) return consumer_defaults_;
  auto settings = consumer_settings(config_, overrides);
  // What brokers have in common may be set while they run.
  if (!overrides->contains("consumer.assignment.interval.ms")) {
    settings.assignment_interval_ms = consumer_defaults_.assignment_interval_ms;
  }
  return settings;
}

coordinator::ShareGroupSettings GroupTable::share_settings_of(std::string_view group) const {
  const metadata::Configs* overrides = topics_->image().configs_of(group_resource(group));
  if (overrides == nullptr) return share_defaults_;
  auto settings = share_settings(config_, overrides);
  if (!overrides->contains("share.assignment.interval.ms")) {
    settings.assignment_interval_ms = share_defaults_.assignment_interval_ms;
  }
  return settings;
}

void GroupTable::apply(const ClusterView& view, const metadata::ImageDelta& delta) {
  const TopicChanges changes = changes_of(view, delta);
  topics_ = std::make_shared<const ImageTopics>(view.image);
  if (!delta.configs.empty()) {
    const config::BrokerConfig& layered =
        layered_.with(view.image.configs_of(metadata::broker_resource(BrokerId(config_.node.node_id))),
                      view.image.configs_of(metadata::cluster_resource()));
    consumer_defaults_ = consumer_settings(layered, nullptr);
    consumer_defaults_.default_assignor = config_.groups.consumer_assignors.front();
    share_defaults_ = share_settings(layered, nullptr);
  }
  CoordinatorTable::apply(view, delta, [this](std::shared_ptr<Partition> partition) {
    coordinator::GroupCoordinatorConfig settings = settings_of(config_);
    settings.consumer_settings_of = [this](std::string_view group) { return consumer_settings_of(group); };
    settings.share_settings_of = [this](std::string_view group) { return share_settings_of(group); };
    return std::make_shared<GroupPartition>(shard_, std::move(partition), std::move(settings));
  });
  for (const auto& groups : all()) {
    groups->topics_changed(topics_, changes.names, changes.has_new);
    if (!changes.deleted.empty()) groups->topics_deleted(changes.deleted);
  }
}

}  // namespace moldau::runtime
