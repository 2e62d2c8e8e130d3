#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "observe/groups_report.h"
#include "observe/request_counters.h"
#include "observe/topic_counters.h"

/// What a node says of itself at one moment: plain figures, gathered shard by shard.
namespace moldau::observe {

/// One replica.
struct PartitionReport {
  std::string topic;
  std::int32_t partition = 0;
  bool is_led_here = false;
  std::size_t replicas = 0;
  std::size_t in_sync = 0;
  std::size_t min_in_sync = 0;  ///< at most `replicas`
  std::size_t producer_ids = 0;
  std::size_t segments = 0;
  std::int64_t size_bytes = 0;
  std::int64_t log_start_offset = 0;
  std::int64_t log_end_offset = 0;
  std::int64_t last_stable_offset_lag = 0;
  TopicCounters counters;
};

struct ShardReport {
  std::vector<PartitionReport> partitions;
  std::size_t offline_replicas = 0;     ///< in directories whose disk has failed; not among these
  TopicCounters departed;               ///< of replicas that are gone
  std::vector<RequestCounts> requests;  ///< by kind
  GroupsReport groups;
};

/// A log directory, and its logs as they are opened at the start.
struct LogDirReport {
  std::string path;
  bool is_offline = false;  ///< its disk has failed
  std::size_t logs = 0;
  std::size_t opened_logs = 0;
};

struct ConnectionsReport {
  std::string listener;
  std::size_t shard = 0;
  std::size_t open = 0;
};

/// Apache Kafka's states of a broker, by their numbers.
enum class BrokerState : std::uint8_t {
  kNotRunning = 0,
  kStarting = 1,
  kRecovery = 2,
  kRunning = 3,
  kPendingControlledShutdown = 6,
};

/// The cluster as the committed records describe it.
struct ClusterReport {
  bool is_active_controller = false;
  std::size_t topics = 0;
  std::size_t partitions = 0;
  std::size_t partitions_without_leader = 0;
  std::size_t partitions_without_preferred_leader = 0;
  std::size_t active_brokers = 0;
  std::size_t fenced_brokers = 0;
  std::int32_t quorum_leader = -1;
  std::int32_t quorum_epoch = 0;
  std::int64_t quorum_high_watermark = -1;
  std::int64_t quorum_log_end_offset = 0;
  std::int64_t last_applied_offset = -1;
};

/// What the machine says of the process.
struct ProcessReport {
  double cpu_seconds = 0;
  double start_time_seconds = 0;  ///< since the Unix epoch
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t open_files = 0;
  std::uint64_t max_open_files = 0;
  /// To and from the disk; what the page cache served is not in it. Not every machine tells.
  std::optional<std::uint64_t> disk_read_bytes;
  std::optional<std::uint64_t> disk_write_bytes;
};

struct NodeReport {
  Instant now;
  BrokerState state = BrokerState::kNotRunning;
  std::vector<std::string_view> request_kinds;  ///< their names, in static storage
  std::vector<ShardReport> shards;
  std::vector<LogDirReport> log_dirs;
  std::vector<ConnectionsReport> connections;
  ClusterReport cluster;
  std::optional<ProcessReport> process;
};

}  // namespace moldau::observe
