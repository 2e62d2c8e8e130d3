#pragma once

#include <memory>
#include <string_view>

#include "config/broker_config.h"
#include "coordinator/group/group_config.h"
#include "metadata/image.h"
#include "runtime/image_topics.h"
#include "runtime/layered_config.h"

namespace moldau::runtime {

/// What holds for groups: their own settings, the broker's, and what is set for brokers while they run.
/// Belongs to one shard.
class GroupSettings {
 public:
  /// `config` outlives it.
  explicit GroupSettings(const config::BrokerConfig& config);
  GroupSettings(const GroupSettings&) = delete;
  GroupSettings& operator=(const GroupSettings&) = delete;

  /// The cluster is this now; `delta` says what is other than before.
  void apply(std::shared_ptr<const ImageTopics> cluster, const metadata::ImageDelta& delta);

  /// For a coordinator, which asks for the settings of its groups as long as it lives.
  coordinator::GroupCoordinatorConfig of_coordinator() const;

  /// Of all those coordinators.
  const coordinator::GroupCounters& counters() const { return *counters_; }

 private:
  /// Settings of groups without some of their own.
  struct Defaults {
    coordinator::ConsumerGroupSettings consumer;
    coordinator::ShareGroupSettings share;
    coordinator::StreamsGroupSettings streams;
  };

  Defaults defaults_of(const config::BrokerConfig& config) const;
  const metadata::Configs* overrides_of(std::string_view group) const;

  const config::BrokerConfig& config_;
  LayeredConfig layered_;
  std::shared_ptr<const ImageTopics> cluster_;
  Defaults defaults_;
  std::shared_ptr<coordinator::GroupCounters> counters_ = std::make_shared<coordinator::GroupCounters>();
};

}  // namespace moldau::runtime
