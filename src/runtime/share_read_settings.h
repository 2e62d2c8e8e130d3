#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "config/broker_config.h"
#include "metadata/image.h"
#include "share/share_partition.h"

namespace moldau::runtime {

/// Where a share group begins in a partition that it has not read yet: share.auto.offset.reset.
struct ShareOffsetReset {
  enum class Strategy : std::uint8_t { kLatest, kEarliest, kByDuration };

  Strategy strategy = Strategy::kLatest;
  std::int64_t duration_ms = 0;  ///< how long ago, by duration
};

/// What holds for the partitions of one share group: the group's settings, or the broker's.
struct ShareReadSettings {
  share::ShareLimits limits = {};
  bool reads_committed = false;
  ShareOffsetReset offset_reset = {};
};

/// How long records of a group stay acquired; for a group of the image.
std::chrono::milliseconds share_lock_duration(const config::BrokerConfig& config,
                                              const metadata::Image& image, std::string_view group);

/// `overrides` are the group's own settings; nullptr for none.
ShareReadSettings share_read_settings(const config::BrokerConfig& config, const metadata::Configs* overrides);

/// The same as the image has it.
ShareReadSettings share_read_settings(const config::BrokerConfig& config, const metadata::Image& image,
                                      std::string_view group);

}  // namespace moldau::runtime
