#include "config/topic_config.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "base/assert.h"
#include "config/topic_values.h"

namespace moldau::config {
namespace {

/// Typed reading of values that have passed the table's checks.
class Values {
 public:
  explicit Values(const TopicValues& values) : values_(values) {}

  bool flag(std::string_view name) const { return std::get<bool>(values_.of(name)); }
  std::int64_t i64(std::string_view name) const { return std::get<std::int64_t>(values_.of(name)); }
  std::int32_t i32(std::string_view name) const { return static_cast<std::int32_t>(i64(name)); }
  const std::string& text(std::string_view name) const { return std::get<std::string>(values_.of(name)); }
  const StringList& list(std::string_view name) const { return std::get<StringList>(values_.of(name)); }

 private:
  const TopicValues& values_;
};

TopicCompression compression_of(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames = {"producer", "uncompressed", "gzip",
                                                      "snappy",   "lz4",          "zstd"};
  const auto found = std::ranges::find(kNames, name);
  require(found != kNames.end(), "compression.type has passed its check");
  return static_cast<TopicCompression>(found - kNames.begin());
}

bool contains(const StringList& list, std::string_view element) {
  return std::ranges::find(list, element) != list.end();
}

void fill_retention(TopicConfig& config, const Values& values) {
  config.retention_bytes = values.i64("retention.bytes");
  config.retention_ms = values.i64("retention.ms");
  config.local_retention_ms = values.i64("local.retention.ms");
  config.local_retention_bytes = values.i64("local.retention.bytes");
  config.remote_storage_enable = values.flag("remote.storage.enable");
  config.delete_retention_ms = values.i64("delete.retention.ms");
  config.min_compaction_lag_ms = values.i64("min.compaction.lag.ms");
  config.max_compaction_lag_ms = values.i64("max.compaction.lag.ms");
  config.file_delete_delay_ms = values.i64("file.delete.delay.ms");
  config.compact = contains(values.list("cleanup.policy"), "compact");
  config.delete_old = contains(values.list("cleanup.policy"), "delete");
}

TopicConfig typed(const TopicValues& topic) {
  const Values values(topic);
  TopicConfig config;
  config.segment_bytes = values.i32("segment.bytes");
  if (const auto* internal = std::get_if<std::int64_t>(&topic.of("internal.segment.bytes"))) {
    config.segment_bytes = static_cast<std::int32_t>(*internal);
  }
  config.segment_ms = values.i64("segment.ms");
  config.segment_jitter_ms = values.i64("segment.jitter.ms");
  config.segment_index_bytes = values.i32("segment.index.bytes");
  config.flush_messages = values.i64("flush.messages");
  config.flush_ms = values.i64("flush.ms");
  config.max_message_bytes = values.i32("max.message.bytes");
  config.index_interval_bytes = values.i32("index.interval.bytes");
  fill_retention(config, values);
  config.min_cleanable_dirty_ratio = std::get<double>(topic.of("min.cleanable.dirty.ratio"));
  config.unclean_leader_election_enable = values.flag("unclean.leader.election.enable");
  config.min_insync_replicas = values.i32("min.insync.replicas");
  config.compression = compression_of(values.text("compression.type"));
  config.gzip_level = values.i32("compression.gzip.level");
  config.lz4_level = values.i32("compression.lz4.level");
  config.zstd_level = values.i32("compression.zstd.level");
  config.preallocate = values.flag("preallocate");
  config.timestamp_type = values.text("message.timestamp.type") == "LogAppendTime"
                              ? TimestampType::kLogAppendTime
                              : TimestampType::kCreateTime;
  config.timestamp_before_max_ms = values.i64("message.timestamp.before.max.ms");
  config.timestamp_after_max_ms = values.i64("message.timestamp.after.max.ms");
  config.leader_throttled_replicas = values.list("leader.replication.throttled.replicas");
  config.follower_throttled_replicas = values.list("follower.replication.throttled.replicas");
  return config;
}

}  // namespace

TopicValues TopicValues::of_broker(const BrokerConfig& broker) {
  TopicValues values;
  for (const ConfigKey& key : keys_of(ResourceType::kTopic))
    values.values_.push_back(broker.topic_default(key));
  return values;
}

TopicValues TopicValues::of_defaults() {
  TopicValues values;
  for (const ConfigKey& key : keys_of(ResourceType::kTopic))
    values.values_.push_back(default_of(key));
  return values;
}

const Value& TopicValues::of(std::string_view name) const {
  const ConfigKey* key = find_key(ResourceType::kTopic, name);
  require(key != nullptr, "topic configurations are asked for by names of the table");
  return values_[static_cast<std::size_t>(key - keys_of(ResourceType::kTopic).data())];
}

Result<void> TopicValues::set(const ConfigKey& key, std::string_view text) {
  auto value = parse_value(key, text);
  if (!value) return fail(std::move(value).error());
  values_[static_cast<std::size_t>(&key - keys_of(ResourceType::kTopic).data())] = *std::move(value);
  return {};
}

TopicConfig resolve_topic_config(const BrokerConfig& broker, const Properties& overrides) {
  TopicValues values = TopicValues::of_broker(broker);
  for (const auto& [name, text] : overrides) {
    const ConfigKey* key = find_key(ResourceType::kTopic, name);
    if (key != nullptr) static_cast<void>(values.set(*key, text));
  }
  return typed(values);
}

TopicConfig default_topic_config() {
  return typed(TopicValues::of_defaults());
}

std::int64_t TopicConfig::max_segment_ms() const {
  return compact && max_compaction_lag_ms > 0 ? std::min(max_compaction_lag_ms, segment_ms) : segment_ms;
}

}  // namespace moldau::config
