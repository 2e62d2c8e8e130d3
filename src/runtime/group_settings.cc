#include "runtime/group_settings.h"

#include <cstdint>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "config/group_config.h"

namespace moldau::runtime {
namespace {

coordinator::MigrationPolicy migration_policy(std::string_view policy) {
  const bool both = equals_ignoring_case(policy, "bidirectional");
  return {.upgrade = both || equals_ignoring_case(policy, "upgrade"),
          .downgrade = both || equals_ignoring_case(policy, "downgrade")};
}

/// Reads numbers that hold for a group.
class Numbers {
 public:
  Numbers(const config::BrokerConfig& config, const metadata::Configs* overrides)
      : config_(config), overrides_(overrides) {}

  std::int32_t operator()(std::string_view name) const {
    return static_cast<std::int32_t>(config::group_value(config_, overrides_, name));
  }

 private:
  const config::BrokerConfig& config_;
  const metadata::Configs* overrides_;
};

coordinator::ConsumerGroupSettings consumer_settings(const config::BrokerConfig& config,
                                                     const metadata::Configs* overrides) {
  const Numbers number(config, overrides);
  return {.session_timeout_ms = number("consumer.session.timeout.ms"),
          .heartbeat_interval_ms = number("consumer.heartbeat.interval.ms"),
          .assignment_interval_ms = number("consumer.assignment.interval.ms"),
          .regex_refresh_interval_ms = config.groups.consumer_regex_refresh_interval_ms,
          .default_assignor = config.groups.consumer_assignors.front()};
}

coordinator::ShareGroupSettings share_settings(const config::BrokerConfig& config,
                                               const metadata::Configs* overrides) {
  const Numbers number(config, overrides);
  return {.session_timeout_ms = number("share.session.timeout.ms"),
          .heartbeat_interval_ms = number("share.heartbeat.interval.ms"),
          .assignment_interval_ms = number("share.assignment.interval.ms"),
          .initialize_retry_interval_ms = config.groups.share_initialize_retry_interval_ms};
}

coordinator::StreamsGroupSettings streams_settings(const config::BrokerConfig& config,
                                                   const metadata::Configs* overrides) {
  const Numbers number(config, overrides);
  return {.session_timeout_ms = number("streams.session.timeout.ms"),
          .heartbeat_interval_ms = number("streams.heartbeat.interval.ms"),
          .standby_replicas = number("streams.num.standby.replicas"),
          .initial_rebalance_delay_ms = number("streams.initial.rebalance.delay.ms"),
          .assignment_interval_ms = number("streams.assignment.interval.ms"),
          .max_size = config.groups.streams_max_size};
}

/// The settings of a group that has `overrides`. Of `interval` the default may be set while brokers run.
template <class Settings>
Settings with_overrides(Settings settings, const Settings& defaults, const metadata::Configs& overrides,
                        std::string_view interval) {
  if (!overrides.contains(interval)) settings.assignment_interval_ms = defaults.assignment_interval_ms;
  return settings;
}

}  // namespace

GroupSettings::GroupSettings(const config::BrokerConfig& config)
    : config_(config),
      layered_(config),
      cluster_(std::make_shared<const ImageTopics>(metadata::Image())),
      defaults_(defaults_of(config)) {}

GroupSettings::Defaults GroupSettings::defaults_of(const config::BrokerConfig& config) const {
  Defaults defaults{.consumer = consumer_settings(config, nullptr),
                    .share = share_settings(config, nullptr),
                    .streams = streams_settings(config, nullptr)};
  // The text belongs to the configuration that lives as long as the groups.
  defaults.consumer.default_assignor = config_.groups.consumer_assignors.front();
  return defaults;
}

void GroupSettings::apply(std::shared_ptr<const ImageTopics> cluster, const metadata::ImageDelta& delta) {
  cluster_ = std::move(cluster);
  if (delta.configs.empty()) return;
  const metadata::Image& image = cluster_->image();
  defaults_ =
      defaults_of(layered_.with(image.configs_of(metadata::broker_resource(BrokerId(config_.node.node_id))),
                                image.configs_of(metadata::cluster_resource())));
}

const metadata::Configs* GroupSettings::overrides_of(std::string_view group) const {
  return cluster_->image().configs_of(metadata::group_resource(group));
}

coordinator::GroupCoordinatorConfig GroupSettings::of_coordinator() const {
  coordinator::GroupCoordinatorConfig settings{
      .initial_rebalance_delay_ms = config_.groups.initial_rebalance_delay_ms,
      .min_session_timeout_ms = config_.groups.min_session_timeout_ms,
      .max_session_timeout_ms = config_.groups.max_session_timeout_ms,
      .max_size = config_.groups.max_size,
      .offset_metadata_max_bytes = config_.offsets.metadata_max_bytes,
      .offsets_retention_ms = config_.offsets.retention_ms,
      .retention_check_interval_ms = config_.offsets.retention_check_interval_ms,
      .consumer_max_size = config_.groups.consumer_max_size,
      .share_max_size = config_.groups.share_max_size,
      .migration = migration_policy(config_.groups.consumer_migration_policy)};
  settings.consumer_settings_of = [this](std::string_view group) {
    const metadata::Configs* own = overrides_of(group);
    if (own == nullptr) return defaults_.consumer;
    return with_overrides(consumer_settings(config_, own), defaults_.consumer, *own,
                          "consumer.assignment.interval.ms");
  };
  settings.share_settings_of = [this](std::string_view group) {
    const metadata::Configs* own = overrides_of(group);
    if (own == nullptr) return defaults_.share;
    return with_overrides(share_settings(config_, own), defaults_.share, *own,
                          "share.assignment.interval.ms");
  };
  settings.streams_settings_of = [this](std::string_view group) {
    const metadata::Configs* own = overrides_of(group);
    if (own == nullptr) return defaults_.streams;
    return with_overrides(streams_settings(config_, own), defaults_.streams, *own,
                          "streams.assignment.interval.ms");
  };
  settings.counters = counters_;
  return settings;
}

}  // namespace moldau::runtime
