#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/uuid.h"
#include "config/broker_config.h"
#include "io/directory.h"
#include "io/host.h"
#include "log/meta_properties.h"
#include "log/offset_checkpoint.h"

namespace moldau::runtime {

/// One log directory of this node: its folder, held by lock, its identity and its threads.
struct LogDir {
  std::string path;  ///< absolute, or as configured where it failed
  /// Why nothing of the rest is there: the directory is offline from the start.
  std::optional<Error> failure;
  std::shared_ptr<io::Directory> folder;
  std::unique_ptr<io::DirectoryLock> lock;
  log::MetaProperties identity;  ///< directory_id is there
  io::LaneId sync_lane;
  std::vector<io::LaneId> recovery_lanes;  ///< at least one; where logs are opened
  /// The broker stopped in order last time: the broker epoch it had then.
  std::optional<std::int64_t> clean_shutdown_epoch;
  log::PartitionOffsets recovery_points;
  log::PartitionOffsets log_starts;
  log::PartitionOffsets high_watermarks;
  log::PartitionOffsets compacted;  ///< up to where each log is
};

/// Opens and locks the directories of `config` and reads what they say of themselves; one without an id gets
/// one. One that cannot be read or written has a `failure`, unless it is the one of the metadata log or all
/// are so, which fails the call. All others must be formatted, for the same node and cluster: INVALID_CONFIG
/// otherwise, with what the operator should do.
Result<std::vector<LogDir>> open_log_dirs(io::Host& host, const config::BrokerConfig& config);

/// The directory of the metadata log where `metadata.log.dir` names none of `log_dirs`, which are open; it
/// holds no partitions. Fails as open_log_dirs() does.
Result<std::optional<LogDir>> open_metadata_log_dir(io::Host& host, const config::BrokerConfig& config,
                                                    const std::vector<LogDir>& log_dirs);

}  // namespace moldau::runtime
