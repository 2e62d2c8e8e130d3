#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "coordinator/consumer/consumer_update.h"
#include "coordinator/group/group_counters.h"
#include "coordinator/share_group/share_group_update.h"
#include "coordinator/streams_group/streams_group_update.h"

namespace moldau::coordinator {

/// How groups with members may change their protocol: group.consumer.migration.policy.
struct MigrationPolicy {
  bool upgrade = true;    ///< a consumer of the new protocol makes a classic group a consumer group
  bool downgrade = true;  ///< the last consumer of the new protocol that leaves makes it classic again

  /// Classic members may join consumer groups.
  bool is_enabled() const { return upgrade || downgrade; }
};

/// What the coordinator needs of the broker's configuration.
struct GroupCoordinatorConfig {
  std::int32_t initial_rebalance_delay_ms = 3000;        ///< group.initial.rebalance.delay.ms
  std::int32_t min_session_timeout_ms = 6000;            ///< group.min.session.timeout.ms
  std::int32_t max_session_timeout_ms = 1'800'000;       ///< group.max.session.timeout.ms
  std::int32_t max_size = 2'147'483'647;                 ///< group.max.size
  std::int32_t offset_metadata_max_bytes = 4096;         ///< offset.metadata.max.bytes
  std::int64_t offsets_retention_ms = 604'800'000;       ///< offsets.retention.minutes
  std::int64_t retention_check_interval_ms = 600'000;    ///< offsets.retention.check.interval.ms
  std::int32_t new_member_join_timeout_ms = 5 * 60'000;  ///< a new member's parked JoinGroup; fixed in Kafka
  std::int32_t consumer_max_size = 2'147'483'647;        ///< group.consumer.max.size
  std::int32_t share_max_size = 200;                     ///< group.share.max.size
  MigrationPolicy migration = {};
  /// What holds for the consumer group of that id now.
  std::function<ConsumerGroupSettings(std::string_view group)> consumer_settings_of = [](std::string_view) {
    return ConsumerGroupSettings();
  };
  /// What holds for the share group of that id now.
  std::function<ShareGroupSettings(std::string_view group)> share_settings_of = [](std::string_view) {
    return ShareGroupSettings();
  };
  /// What holds for the streams group of that id now.
  std::function<StreamsGroupSettings(std::string_view group)> streams_settings_of = [](std::string_view) {
    return StreamsGroupSettings();
  };
  /// Those of all coordinators that have this configuration.
  std::shared_ptr<GroupCounters> counters = std::make_shared<GroupCounters>();
};

}  // namespace moldau::coordinator
