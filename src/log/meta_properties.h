#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/uuid.h"
#include "io/directory.h"

namespace moldau::log {

/// Whose a log directory is: its meta.properties (docs/formats/small-files.md), version 1.
struct MetaProperties {
  std::string cluster_id;
  std::int32_t node_id = -1;
  std::optional<Uuid> directory_id = {};

  bool operator==(const MetaProperties&) const = default;
};

/// The file's content. No comment with a date is written, so that the same facts give the same bytes.
std::string format_meta_properties(const MetaProperties& properties);

/// KAFKA_STORAGE_ERROR if the version is not 1 (version 0 is of ZooKeeper times and is not served), a key is
/// missing or a value is malformed.
Result<MetaProperties> parse_meta_properties(std::string_view text);

/// nullopt if the log directory has not been formatted.
Result<std::optional<MetaProperties>> read_meta_properties(io::Directory& log_dir);
/// Blocks until it is durable.
Result<void> write_meta_properties(io::Directory& log_dir, const MetaProperties& properties);

}  // namespace moldau::log
