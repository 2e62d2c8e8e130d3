#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/broker_config.h"

namespace moldau::config {

/// compression.type of a topic: a codec of its own, or whatever the producer chose.
enum class TopicCompression : std::uint8_t { kProducer, kUncompressed, kGzip, kSnappy, kLz4, kZstd };

/// message.timestamp.type; the numbers are those of batches and responses.
enum class TimestampType : std::int8_t { kCreateTime = 0, kLogAppendTime = 1 };

/// The settings one log runs by: the topic's overrides over the broker's over the defaults.
struct TopicConfig {
  std::int32_t segment_bytes = 0;  ///< internal.segment.bytes where it is set
  std::int64_t segment_ms = 0;
  std::int64_t segment_jitter_ms = 0;
  std::int32_t segment_index_bytes = 0;
  std::int64_t flush_messages = 0;
  std::int64_t flush_ms = 0;
  std::int64_t retention_bytes = 0;  ///< -1: unlimited
  std::int64_t retention_ms = 0;     ///< -1: unlimited
  std::int32_t max_message_bytes = 0;
  std::int32_t index_interval_bytes = 0;
  std::int64_t delete_retention_ms = 0;
  std::int64_t min_compaction_lag_ms = 0;
  std::int64_t max_compaction_lag_ms = 0;
  std::int64_t file_delete_delay_ms = 0;
  double min_cleanable_dirty_ratio = 0;
  bool compact = false;
  bool delete_old = false;  ///< cleanup.policy contains delete
  bool unclean_leader_election_enable = false;
  std::int32_t min_insync_replicas = 0;
  TopicCompression compression = TopicCompression::kProducer;
  std::int32_t gzip_level = 0;
  std::int32_t lz4_level = 0;
  std::int32_t zstd_level = 0;
  bool preallocate = false;
  TimestampType timestamp_type = TimestampType::kCreateTime;
  std::int64_t timestamp_before_max_ms = 0;
  std::int64_t timestamp_after_max_ms = 0;
  std::vector<std::string> leader_throttled_replicas;    ///< "partition:broker" or "*"
  std::vector<std::string> follower_throttled_replicas;  ///< "partition:broker" or "*"
  bool remote_storage_enable = false;
  std::int64_t local_retention_ms = 0;     ///< -2: as retention_ms
  std::int64_t local_retention_bytes = 0;  ///< -2: as retention_bytes

  /// segment.ms, cut by max.compaction.lag.ms on compacted topics.
  std::int64_t max_segment_ms() const;
};

/// What a topic's log runs by. Overrides that do not parse (a newer version's) fall back to the broker's
/// value; unknown names are left out.
TopicConfig resolve_topic_config(const BrokerConfig& broker, const Properties& overrides);

/// The settings of internal tools and tests without a broker: Apache Kafka's defaults.
TopicConfig default_topic_config();

/// Checks the overrides of CreateTopics, or those an alteration would leave: `existing` are the overrides in
/// force, null values are those without a text. kInvalidConfig with Apache's text: unknown names first, then
/// values in the order of the table, then values that contradict each other.
Result<void> validate_topic_overrides(const BrokerConfig& broker, const Properties& existing,
                                      const std::map<std::string, std::optional<std::string>>& overrides);

/// Checks the topic settings a broker gives its topics. kInvalidConfig with Apache's text.
Result<void> check_topic_defaults(const BrokerConfig& broker);

/// A limit of what is kept locally, -2 for as much as at all, and one of what is kept at all, -1 for none.
struct LocalRetention {
  std::string_view name;
  std::int64_t value = 0;
  std::string_view whole_name;
  std::int64_t whole = 0;
};
/// kInvalidConfig, with Apache's text, if the local one is not within the other.
Result<void> check_local_retention(const LocalRetention& local);

}  // namespace moldau::config
