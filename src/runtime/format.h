#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/broker_config.h"
#include "io/host.h"
#include "metadata/metadata_version.h"

namespace moldau::runtime {

/// What `storage format` was told beside the configuration.
struct FormatOptions {
  std::string cluster_id;
  metadata::MetadataVersion version = metadata::MetadataVersion::latest_production();
  /// Levels by feature name, over the defaults of `version`.
  std::map<std::string, std::int16_t> features = {};
  /// A dynamic quorum (kraft.version 1) of this node alone; else the quorum is the configured static one.
  bool is_standalone = false;
  bool ignore_formatted = false;
};

/// Writes the identity and the first metadata into every log directory that is not formatted yet; gives their
/// paths. INVALID_CONFIG for directories that are formatted already, unless they are to be ignored, or that
/// are not for this node and cluster. Blocks until all is durable.
Result<std::vector<std::string>> format_log_dirs(io::Host& host, const config::BrokerConfig& config,
                                                 const FormatOptions& options);

/// Whether the directory at `path` has been formatted.
Result<bool> is_formatted(io::Host& host, const std::string& path);

}  // namespace moldau::runtime
