#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "base/uuid.h"
#include "io/directory.h"

namespace moldau::log {

/// What a meta.properties says, whatever its version: 0 is of ZooKeeper times.
struct StoredIdentity {
  int version = 0;
  std::optional<std::string> cluster_id = {};
  std::optional<std::int32_t> node_id = {};  ///< In version 0 that of broker.id.
  std::optional<Uuid> directory_id = {};

  bool operator==(const StoredIdentity&) const = default;
};

/// KAFKA_STORAGE_ERROR with Apache's text for another version, a missing cluster.id or node.id, or a
/// malformed value.
Result<StoredIdentity> parse_identity(std::string_view text);

/// nullopt if there is no meta.properties.
Result<std::optional<StoredIdentity>> read_identity(io::Directory& log_dir);

/// Whose a log directory is: its meta.properties (docs/formats/small-files.md), version 1.
struct MetaProperties {
  std::string cluster_id;
  std::int32_t node_id = -1;
  std::optional<Uuid> directory_id = {};

  bool operator==(const MetaProperties&) const = default;
};

/// The file's content as Apache Kafka writes it, with the time of writing in a comment.
std::string format_meta_properties(const MetaProperties& properties, TimestampMs now_ms);

/// KAFKA_STORAGE_ERROR if the version is not 1 (version 0 is of ZooKeeper times and is not served), a key is
/// missing or a value is malformed.
Result<MetaProperties> parse_meta_properties(std::string_view text);

/// nullopt if the log directory has not been formatted.
Result<std::optional<MetaProperties>> read_meta_properties(io::Directory& log_dir);
/// Blocks until it is durable.
Result<void> write_meta_properties(io::Directory& log_dir, const MetaProperties& properties,
                                   TimestampMs now_ms);

}  // namespace moldau::log
