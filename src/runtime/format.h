#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/broker_config.h"
#include "config/initial_controllers.h"
#include "io/host.h"
#include "metadata/format_levels.h"

namespace moldau::runtime {

/// What `storage format` was told beside the configuration.
struct FormatOptions {
  std::string cluster_id;
  std::optional<metadata::MetadataVersion> release = {};
  metadata::FeatureLevels features = {};  ///< Over the defaults of the release.
  /// The controllers that begin a dynamic quorum.
  std::optional<config::InitialControllers> initial_controllers = {};
  std::vector<std::string> credentials = {};  ///< As config::parse_scram_argument takes them.
  bool ignore_formatted = false;
  /// Told each line of what Apache Kafka's storage tool prints.
  std::function<void(std::string_view)> say = [](std::string_view) {};
};

/// Writes the identity and the first metadata into every log directory that is not formatted yet; gives their
/// paths. INVALID_CONFIG, in Apache's words, for directories that are formatted already, unless they are to
/// be ignored, or that are not for this node and cluster, and for levels and credentials that cannot be.
/// Blocks until all is durable.
Result<std::vector<std::string>> format_log_dirs(io::Host& host, const config::BrokerConfig& config,
                                                 const FormatOptions& options);

/// Whether the directory at `path` has been formatted.
Result<bool> is_formatted(io::Host& host, const std::string& path);

}  // namespace moldau::runtime
