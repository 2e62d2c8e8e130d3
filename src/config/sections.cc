#include "config/sections.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/broker_config.h"
#include "config/resolve.h"

namespace moldau::config {
namespace {

constexpr std::int64_t kMsPerMinute = 60'000;

/// Reads values whose type the table fixes.
class Values {
 public:
  explicit Values(const BrokerConfig& config) : config_(config) {}

  bool flag(std::string_view name) const { return std::get<bool>(config_.value(name)); }
  std::int64_t i64(std::string_view name) const { return std::get<std::int64_t>(config_.value(name)); }
  std::int32_t i32(std::string_view name) const { return static_cast<std::int32_t>(i64(name)); }
  /// A codec's id, which check_broker() has found to be one.
  std::int8_t codec(std::string_view name) const { return static_cast<std::int8_t>(i64(name)); }
  std::optional<std::int32_t> maybe_i32(std::string_view name) const {
    const auto* number = std::get_if<std::int64_t>(&config_.value(name));
    return number == nullptr ? std::nullopt : std::optional(static_cast<std::int32_t>(*number));
  }
  double number(std::string_view name) const { return std::get<double>(config_.value(name)); }
  StringList list(std::string_view name) const {
    const auto* list = std::get_if<StringList>(&config_.value(name));
    return list == nullptr ? StringList{} : *list;
  }
  std::optional<std::string> text(std::string_view name) const {
    const auto* text = std::get_if<std::string>(&config_.value(name));
    return text == nullptr ? std::nullopt : std::optional(*text);
  }

 private:
  const BrokerConfig& config_;
};

void fill(NodeSection& node, const Values& values) {
  node.node_id = values.i32("node.id");
  for (const std::string& role : values.list("process.roles")) {
    (role == "broker" ? node.is_broker : node.is_controller) = true;
  }
  node.rack = values.text("broker.rack");
  node.log_dirs = values.list("log.dirs");
  if (node.log_dirs.empty()) node.log_dirs = values.list("log.dir");
  node.metadata_log_dir = values.text("metadata.log.dir").value_or(node.log_dirs.front());
  node.cordoned_log_dirs = values.list("cordoned.log.dirs");
  if (std::ranges::find(node.cordoned_log_dirs, "*") != node.cordoned_log_dirs.end() &&
      node.cordoned_log_dirs.size() == 1) {
    node.cordoned_log_dirs = node.log_dirs;
  }
  node.broker_heartbeat_interval_ms = values.i32("broker.heartbeat.interval.ms");
  node.broker_session_timeout_ms = values.i32("broker.session.timeout.ms");
  node.initial_registration_timeout_ms = values.i32("initial.broker.registration.timeout.ms");
  node.log_dir_failure_timeout_ms = values.i64("log.dir.failure.timeout.ms");
  node.controlled_shutdown_enable = values.flag("controlled.shutdown.enable");
  node.unstable_feature_versions_enable = values.flag("unstable.feature.versions.enable");
  node.unstable_api_versions_enable = values.flag("unstable.api.versions.enable");
}

void fill(QuorumSection& quorum, const Values& values) {
  quorum.election_timeout_ms = values.i32("controller.quorum.election.timeout.ms");
  quorum.fetch_timeout_ms = values.i32("controller.quorum.fetch.timeout.ms");
  quorum.election_backoff_max_ms = values.i32("controller.quorum.election.backoff.max.ms");
  quorum.append_linger_ms = values.i32("controller.quorum.append.linger.ms");
  quorum.request_timeout_ms = values.i32("controller.quorum.request.timeout.ms");
  quorum.retry_backoff_ms = values.i32("controller.quorum.retry.backoff.ms");
  quorum.fetch_max_bytes = values.i32("controller.quorum.fetch.max.bytes");
  quorum.fetch_snapshot_max_bytes = values.i32("controller.quorum.fetch.snapshot.max.bytes");
  quorum.auto_join_enable = values.flag("controller.quorum.auto.join.enable");
}

void fill(NetworkSection& network, const Values& values) {
  network.num_network_threads = values.i32("num.network.threads");
  network.num_io_threads = values.i32("num.io.threads");
  network.background_threads = values.i32("background.threads");
  network.request_timeout_ms = values.i32("request.timeout.ms");
  network.socket_send_buffer_bytes = values.i32("socket.send.buffer.bytes");
  network.socket_receive_buffer_bytes = values.i32("socket.receive.buffer.bytes");
  network.socket_request_max_bytes = values.i32("socket.request.max.bytes");
  network.socket_listen_backlog_size = values.i32("socket.listen.backlog.size");
  network.max_connections_per_ip = values.i32("max.connections.per.ip");
  network.max_connections = values.i32("max.connections");
  network.max_connection_creation_rate = values.i32("max.connection.creation.rate");
  network.connections_max_idle_ms = values.i64("connections.max.idle.ms");
  network.failed_authentication_delay_ms = values.i32("connection.failed.authentication.delay.ms");
  network.queued_max_requests = values.i32("queued.max.requests");
  network.queued_max_request_bytes = values.i64("queued.max.request.bytes");
  network.fetch_max_bytes = values.i32("fetch.max.bytes");
  network.max_incremental_fetch_session_cache_slots = values.i32("max.incremental.fetch.session.cache.slots");
  network.max_request_partition_size_limit = values.i32("max.request.partition.size.limit");
}

void fill(LogSection& log, const Values& values) {
  log.retention_check_interval_ms = values.i64("log.retention.check.interval.ms");
  log.flush_scheduler_interval_ms = values.i64("log.flush.scheduler.interval.ms");
  log.flush_offset_checkpoint_interval_ms = values.i32("log.flush.offset.checkpoint.interval.ms");
  log.flush_start_offset_checkpoint_interval_ms = values.i32("log.flush.start.offset.checkpoint.interval.ms");
  log.initial_task_delay_ms = values.i64("log.initial.task.delay.ms");
  log.recovery_threads_per_data_dir = values.i32("num.recovery.threads.per.data.dir");
  log.producer_id_expiration_ms = values.i32("producer.id.expiration.ms");
  log.producer_id_expiration_check_interval_ms = values.i32("producer.id.expiration.check.interval.ms");
}

void fill(CleanerSection& cleaner, const Values& values) {
  cleaner.enable = values.flag("log.cleaner.enable");
  cleaner.threads = values.i32("log.cleaner.threads");
  cleaner.dedupe_buffer_size_bytes = values.i64("log.cleaner.dedupe.buffer.size");
  cleaner.io_buffer_load_factor = values.number("log.cleaner.io.buffer.load.factor");
  cleaner.io_buffer_size_bytes = values.i32("log.cleaner.io.buffer.size");
  cleaner.io_max_bytes_per_second = values.number("log.cleaner.io.max.bytes.per.second");
  cleaner.backoff_ms = values.i64("log.cleaner.backoff.ms");
}

void fill(MetadataLogSection& log, const Values& values) {
  log.segment_bytes = values.maybe_i32("internal.metadata.log.segment.bytes")
                          .value_or(values.i32("metadata.log.segment.bytes"));
  log.segment_ms = values.i64("metadata.log.segment.ms");
  log.max_retention_bytes = values.i64("metadata.max.retention.bytes");
  log.max_retention_ms = values.i64("metadata.max.retention.ms");
  log.max_idle_interval_ms = values.i32("metadata.max.idle.interval.ms");
  log.max_batch_size_bytes = values.i32("internal.metadata.max.batch.size.in.bytes");
  log.max_record_bytes_between_snapshots = values.i64("metadata.log.max.record.bytes.between.snapshots");
  log.max_snapshot_interval_ms = values.i64("metadata.log.max.snapshot.interval.ms");
  log.delete_delay_ms = values.i64("internal.metadata.delete.delay.millis");
}

void fill(ReplicationSection& replication, const Values& values) {
  replication.lag_time_max_ms = values.i64("replica.lag.time.max.ms");
  replication.fetch_max_bytes = values.i32("replica.fetch.max.bytes");
  replication.fetch_min_bytes = values.i32("replica.fetch.min.bytes");
  replication.fetch_wait_max_ms = values.i32("replica.fetch.wait.max.ms");
  replication.fetch_backoff_ms = values.i32("replica.fetch.backoff.ms");
  replication.fetch_response_max_bytes = values.i32("replica.fetch.response.max.bytes");
  replication.socket_timeout_ms = values.i32("replica.socket.timeout.ms");
  replication.socket_receive_buffer_bytes = values.i32("replica.socket.receive.buffer.bytes");
  replication.num_fetchers = values.i32("num.replica.fetchers");
  replication.high_watermark_checkpoint_interval_ms =
      values.i64("replica.high.watermark.checkpoint.interval.ms");
  replication.auto_leader_rebalance_enable = values.flag("auto.leader.rebalance.enable");
  replication.leader_imbalance_check_interval_seconds = values.i64("leader.imbalance.check.interval.seconds");
  replication.unclean_leader_election_interval_ms = values.i64("unclean.leader.election.interval.ms");
}

void fill(GroupSection& groups, OffsetsSection& offsets, const Values& values) {
  groups.min_session_timeout_ms = values.i32("group.min.session.timeout.ms");
  groups.max_session_timeout_ms = values.i32("group.max.session.timeout.ms");
  groups.initial_rebalance_delay_ms = values.i32("group.initial.rebalance.delay.ms");
  groups.max_size = values.i32("group.max.size");
  groups.append_linger_ms = values.i32("group.coordinator.append.linger.ms");
  groups.rebalance_protocols = values.list("group.coordinator.rebalance.protocols");
  groups.consumer_max_size = values.i32("group.consumer.max.size");
  groups.consumer_assignors = values.list("group.consumer.assignors");
  groups.consumer_migration_policy = values.text("group.consumer.migration.policy").value_or("");
  groups.consumer_regex_refresh_interval_ms = values.i32("group.consumer.regex.refresh.interval.ms");
  groups.share_max_size = values.i32("group.share.max.size");
  groups.share_max_sessions = values.i32("group.share.max.share.sessions");
  groups.streams_max_size = values.i32("group.streams.max.size");
  const std::string persister = values.text("group.share.persister.class.name").value_or("");
  groups.persists_share_state = !persister.empty() && persister != kNoOpSharePersister;
  groups.share_initialize_retry_interval_ms = values.i32("group.share.initialize.retry.interval.ms");
  offsets.commit_timeout_ms = values.i32("offsets.commit.timeout.ms");
  offsets.load_buffer_size_bytes = values.i32("offsets.load.buffer.size");
  offsets.metadata_max_bytes = values.i32("offset.metadata.max.bytes");
  offsets.retention_ms = kMsPerMinute * values.i64("offsets.retention.minutes");
  offsets.retention_check_interval_ms = values.i64("offsets.retention.check.interval.ms");
  offsets.topic_num_partitions = values.i32("offsets.topic.num.partitions");
  offsets.topic_replication_factor =
      static_cast<std::int16_t>(values.i64("offsets.topic.replication.factor"));
  offsets.topic_segment_bytes = values.i32("offsets.topic.segment.bytes");
  offsets.topic_compression_codec = values.codec("offsets.topic.compression.codec");
}

void fill(TransactionSection& transactions, const Values& values) {
  transactions.max_timeout_ms = values.i32("transaction.max.timeout.ms");
  transactions.transactional_id_expiration_ms = values.i32("transactional.id.expiration.ms");
  transactions.abort_timed_out_interval_ms =
      values.i32("transaction.abort.timed.out.transaction.cleanup.interval.ms");
  transactions.remove_expired_interval_ms =
      values.i32("transaction.remove.expired.transaction.cleanup.interval.ms");
  transactions.state_log_num_partitions = values.i32("transaction.state.log.num.partitions");
  transactions.state_log_replication_factor =
      static_cast<std::int16_t>(values.i64("transaction.state.log.replication.factor"));
  transactions.state_log_min_isr = values.i32("transaction.state.log.min.isr");
  transactions.state_log_segment_bytes = values.i32("transaction.state.log.segment.bytes");
  transactions.partition_verification_enable = values.flag("transaction.partition.verification.enable");
  transactions.two_phase_commit_enable = values.flag("transaction.two.phase.commit.enable");
  transactions.add_partitions_retry_backoff_ms = values.i32("add.partitions.to.txn.retry.backoff.ms");
  transactions.add_partitions_retry_backoff_max_ms = values.i32("add.partitions.to.txn.retry.backoff.max.ms");
}

void fill(ShareCoordinatorSection& share, const Values& values) {
  share.append_linger_ms = values.i32("share.coordinator.append.linger.ms");
  share.updates_per_snapshot = values.i32("share.coordinator.snapshot.update.records.per.snapshot");
  share.cold_partition_snapshot_interval_ms =
      values.i32("share.coordinator.cold.partition.snapshot.interval.ms");
  share.prune_interval_ms = values.i32("share.coordinator.state.topic.prune.interval.ms");
  share.state_topic_num_partitions = values.i32("share.coordinator.state.topic.num.partitions");
  share.state_topic_replication_factor =
      static_cast<std::int16_t>(values.i64("share.coordinator.state.topic.replication.factor"));
  share.state_topic_min_isr = values.i32("share.coordinator.state.topic.min.isr");
  share.state_topic_compression_codec = values.codec("share.coordinator.state.topic.compression.codec");
  share.state_topic_segment_bytes = values.i32("share.coordinator.state.topic.segment.bytes");
}

}  // namespace

std::set<std::string> NodeSection::directories() const {
  std::set<std::string> all(log_dirs.begin(), log_dirs.end());
  all.insert(metadata_log_dir);
  return all;
}

std::vector<bool> NodeSection::cordoned() const {
  std::vector<bool> are_cordoned;
  for (const std::string& path : log_dirs)
    are_cordoned.push_back(std::ranges::find(cordoned_log_dirs, path) != cordoned_log_dirs.end());
  return are_cordoned;
}

void fill_sections(BrokerConfig& config) {
  const Values values(config);
  fill(config.node, values);
  fill(config.quorum, values);
  fill(config.network, values);
  config.topics.auto_create_enable = values.flag("auto.create.topics.enable");
  config.topics.delete_enable = values.flag("delete.topic.enable");
  config.topics.num_partitions = values.i32("num.partitions");
  config.topics.default_replication_factor = values.i32("default.replication.factor");
  fill(config.log, values);
  fill(config.cleaner, values);
  fill(config.metadata_log, values);
  fill(config.replication, values);
  fill(config.groups, config.offsets, values);
  fill(config.transactions, values);
  fill(config.share_coordinator, values);
  config.quotas.window_num = values.i32("quota.window.num");
  config.quotas.window_size_seconds = values.i32("quota.window.size.seconds");
  config.quotas.controller_window_num = values.i32("controller.quota.window.num");
  config.quotas.controller_window_size_seconds = values.i32("controller.quota.window.size.seconds");
}

}  // namespace moldau::config
