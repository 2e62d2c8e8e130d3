#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/address.h"
#include "config/listeners.h"

/// Typed groups of broker configurations. A field is named after its configuration; times carry their unit.
namespace moldau::config {

/// Who this node is and where it keeps its data.
struct NodeSection {
  std::int32_t node_id = -1;
  bool is_broker = false;
  bool is_controller = false;
  std::optional<std::string> rack;
  std::vector<std::string> log_dirs;           ///< log.dirs, else log.dir; never empty
  std::string metadata_log_dir;                ///< metadata.log.dir, else the first of log_dirs
  std::vector<std::string> cordoned_log_dirs;  ///< as log_dirs names them
  std::int32_t broker_heartbeat_interval_ms = 0;
  std::int32_t broker_session_timeout_ms = 0;
  std::int32_t initial_registration_timeout_ms = 0;
  std::int64_t log_dir_failure_timeout_ms = 0;
  bool controlled_shutdown_enable = true;
  bool unstable_feature_versions_enable = false;
  bool unstable_api_versions_enable = false;

  /// log_dirs and metadata_log_dir, each once.
  std::set<std::string> directories() const;
  /// Of each of log_dirs, whether it is cordoned: gets no new replicas (KIP-1066).
  std::vector<bool> cordoned() const;
};

/// Listeners and the addresses clients are told.
struct ListenerSection {
  std::vector<Endpoint> all;                    ///< `listeners`
  std::vector<Endpoint> advertised_broker;      ///< advertised.listeners, else `all`, without controllers'
  std::vector<Endpoint> advertised_controller;  ///< in the order of controller_names
  std::vector<std::string> controller_names;    ///< as written
  std::vector<std::string> early_start;         ///< started before the authorizer is ready
  ProtocolMap protocols;
  std::string inter_broker_name;
  SecurityProtocol inter_broker_protocol = SecurityProtocol::kPlaintext;

  /// True for a listener of the controller.
  bool is_controller(std::string_view listener) const;
};

/// KRaft's voters and timeouts.
struct QuorumSection {
  std::map<std::int32_t, HostPort> voters;
  std::vector<HostPort> bootstrap_servers;
  std::int32_t election_timeout_ms = 0;
  std::int32_t fetch_timeout_ms = 0;
  std::int32_t election_backoff_max_ms = 0;
  std::int32_t append_linger_ms = 0;
  std::int32_t request_timeout_ms = 0;
  std::int32_t retry_backoff_ms = 0;
  std::int32_t fetch_max_bytes = 0;
  std::int32_t fetch_snapshot_max_bytes = 0;
  bool auto_join_enable = false;
};

/// Connections and requests.
struct NetworkSection {
  std::int32_t num_network_threads = 0;
  std::int32_t num_io_threads = 0;
  std::int32_t background_threads = 0;
  std::int32_t request_timeout_ms = 0;
  std::int32_t socket_send_buffer_bytes = 0;     ///< -1: the system's default
  std::int32_t socket_receive_buffer_bytes = 0;  ///< -1: the system's default
  std::int32_t socket_request_max_bytes = 0;
  std::int32_t socket_listen_backlog_size = 0;
  std::int32_t max_connections_per_ip = 0;
  std::map<std::string, std::int32_t> max_connections_per_ip_overrides;
  std::int32_t max_connections = 0;
  std::int32_t max_connection_creation_rate = 0;
  std::int64_t connections_max_idle_ms = 0;
  std::int32_t failed_authentication_delay_ms = 0;
  std::int32_t queued_max_requests = 0;
  std::int64_t queued_max_request_bytes = 0;  ///< -1: no limit
  std::int32_t fetch_max_bytes = 0;
  std::int32_t max_incremental_fetch_session_cache_slots = 0;
  std::int32_t max_request_partition_size_limit = 0;
};

/// Creation and deletion of topics.
struct TopicSection {
  bool auto_create_enable = true;
  bool delete_enable = true;
  std::int32_t num_partitions = 0;
  std::int32_t default_replication_factor = 0;
};

/// Housekeeping of logs; the settings of single logs are in TopicConfig.
struct LogSection {
  std::int64_t retention_check_interval_ms = 0;
  std::int64_t flush_scheduler_interval_ms = 0;
  std::int32_t flush_offset_checkpoint_interval_ms = 0;
  std::int32_t flush_start_offset_checkpoint_interval_ms = 0;
  std::int64_t initial_task_delay_ms = 0;
  std::int32_t recovery_threads_per_data_dir = 0;
  std::int32_t producer_id_expiration_ms = 0;
  std::int32_t producer_id_expiration_check_interval_ms = 0;
};

/// The log cleaner.
struct CleanerSection {
  bool enable = true;
  std::int32_t threads = 0;
  std::int64_t dedupe_buffer_size_bytes = 0;
  double io_buffer_load_factor = 0;
  std::int32_t io_buffer_size_bytes = 0;
  double io_max_bytes_per_second = 0;
  std::int64_t backoff_ms = 0;

  bool operator==(const CleanerSection&) const = default;
};

/// The metadata log and its snapshots.
struct MetadataLogSection {
  std::int32_t segment_bytes = 0;
  std::int64_t segment_ms = 0;
  std::int64_t max_retention_bytes = 0;
  std::int64_t max_retention_ms = 0;
  std::int32_t max_idle_interval_ms = 0;  ///< 0: no NoOpRecords
  std::int32_t max_batch_size_bytes = 0;
  std::int64_t max_record_bytes_between_snapshots = 0;
  std::int64_t max_snapshot_interval_ms = 0;
  std::int64_t delete_delay_ms = 0;
};

/// Replication between brokers.
struct ReplicationSection {
  std::int64_t lag_time_max_ms = 0;
  std::int32_t fetch_max_bytes = 0;
  std::int32_t fetch_min_bytes = 0;
  std::int32_t fetch_wait_max_ms = 0;
  std::int32_t fetch_backoff_ms = 0;
  std::int32_t fetch_response_max_bytes = 0;
  std::int32_t socket_timeout_ms = 0;
  std::int32_t socket_receive_buffer_bytes = 0;
  std::int32_t num_fetchers = 0;
  std::int64_t high_watermark_checkpoint_interval_ms = 0;
  bool auto_leader_rebalance_enable = true;
  std::int64_t leader_imbalance_check_interval_seconds = 0;
  std::int64_t unclean_leader_election_interval_ms = 0;
};

/// Groups and the internal topic of the group coordinator.
struct GroupSection {
  std::int32_t min_session_timeout_ms = 0;
  std::int32_t max_session_timeout_ms = 0;
  std::int32_t initial_rebalance_delay_ms = 0;
  std::int32_t max_size = 0;
  std::int32_t append_linger_ms = 0;  ///< -1 as 0: docs/decisions.md
  std::vector<std::string> rebalance_protocols;
  std::int32_t consumer_max_size = 0;
  std::vector<std::string> consumer_assignors;
  std::string consumer_migration_policy;
  std::int32_t consumer_regex_refresh_interval_ms = 0;
  std::int32_t share_max_size = 0;
  std::int32_t share_max_sessions = 0;
  std::int32_t streams_max_size = 0;
  std::int32_t share_initialize_retry_interval_ms = 0;
  /// Whether share coordinators keep what groups have read; otherwise it lasts as long as the leader's
  /// memory.
  bool persists_share_state = true;
};

/// Committed offsets and the internal topic they live in.
struct OffsetsSection {
  std::int32_t commit_timeout_ms = 0;
  std::int32_t load_buffer_size_bytes = 0;
  std::int32_t metadata_max_bytes = 0;
  std::int64_t retention_ms = 0;
  std::int64_t retention_check_interval_ms = 0;
  std::int32_t topic_num_partitions = 0;
  std::int16_t topic_replication_factor = 0;
  std::int32_t topic_segment_bytes = 0;
  std::int8_t topic_compression_codec = 0;  ///< as in the attributes of a batch
};

/// Transactions and the internal topic of their coordinator.
struct TransactionSection {
  std::int32_t max_timeout_ms = 0;
  std::int32_t transactional_id_expiration_ms = 0;
  std::int32_t abort_timed_out_interval_ms = 0;
  std::int32_t remove_expired_interval_ms = 0;
  std::int32_t state_log_num_partitions = 0;
  std::int16_t state_log_replication_factor = 0;
  std::int32_t state_log_min_isr = 0;
  std::int32_t state_log_segment_bytes = 0;
  bool partition_verification_enable = true;
  bool two_phase_commit_enable = false;
  /// How long a leader waits between its attempts to add a partition to a transaction, and with all of them.
  std::int32_t add_partitions_retry_backoff_ms = 0;
  std::int32_t add_partitions_retry_backoff_max_ms = 0;
};

/// The state of share partitions and the internal topic of their coordinator.
struct ShareCoordinatorSection {
  std::int32_t append_linger_ms = 0;  ///< -1 as 0
  std::int32_t updates_per_snapshot = 0;
  std::int32_t cold_partition_snapshot_interval_ms = 0;
  std::int32_t prune_interval_ms = 0;
  std::int32_t state_topic_num_partitions = 0;
  std::int16_t state_topic_replication_factor = 0;
  std::int32_t state_topic_min_isr = 0;
  std::int32_t state_topic_segment_bytes = 0;
  std::int8_t state_topic_compression_codec = 0;  ///< as in the attributes of a batch
};

/// Windows over which quotas are measured.
struct QuotaSection {
  std::int32_t window_num = 0;
  std::int32_t window_size_seconds = 0;
  std::int32_t controller_window_num = 0;
  std::int32_t controller_window_size_seconds = 0;
};

/// How much of a produced batch is checked (architecture principle 5).
enum class ProduceValidation : std::uint8_t { kRecords, kHeaders };

/// Moldau's own settings.
struct MoldauSection {
  /// Where metrics and the health of the node are asked for; nullopt: nowhere.
  std::optional<HostPort> admin_listener;
  ProduceValidation produce_validate = ProduceValidation::kRecords;
};

}  // namespace moldau::config
