#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

#include "base/time.h"
#include "base/uuid.h"
#include "io/directory.h"
#include "log/segment.h"

namespace moldau::log {

/// What a partition's log is told of its topic's and broker's configuration. Defaults are Kafka's.
struct LogConfig {
  std::int32_t segment_bytes = 1073741824;  ///< `segment.bytes`
  std::int64_t segment_ms = 604800000;      ///< `segment.ms`
  std::int64_t segment_jitter_ms = 0;  ///< Drawn by the owner: below `segment.jitter.ms` and `segment.ms`.
  SegmentSettings segment;
  std::int64_t flush_messages = std::numeric_limits<std::int64_t>::max();  ///< `flush.messages`
  std::int64_t producer_id_expiration_ms = 86400000;                       ///< `producer.id.expiration.ms`
};

/// How a log is opened.
struct OpenOptions {
  LogConfig config;
  std::int64_t log_start_offset = 0;  ///< From log-start-offset-checkpoint; 0 without an entry.
  std::int64_t recovery_point = 0;    ///< From recovery-point-offset-checkpoint; 0 without an entry.
  bool had_clean_shutdown = false;    ///< The log directory held `.kafka_cleanshutdown`.
  TimestampMs now_ms = 0;
  std::optional<Uuid> topic_id = {};  ///< Checked against partition.metadata, or written there.
  /// The folder has just been made in this directory: it is empty, and its name not durable before the first
  /// flush.
  std::shared_ptr<io::Directory> new_in = nullptr;
};

}  // namespace moldau::log
