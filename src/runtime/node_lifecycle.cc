// How a node becomes part of its cluster and leaves it: registration, heartbeats, controlled shutdown
// (kafka facts 5.4, docs/architecture.md "In one process").

#include <algorithm>
#include <utility>

#include "log/clean_shutdown_marker.h"
#include "metadata/broker_lifecycle.h"
#include "metadata/features.h"
#include "observe/log.h"
#include "runtime/node.h"
#include "runtime/share_partition_table.h"

namespace moldau::runtime {
namespace {

constexpr std::int16_t kRegistrationVersion = 4;
/// How long a broker that stops waits for the controller to let it go, and how often it asks.
constexpr Duration kHandOverTime = std::chrono::seconds(5);
constexpr Duration kHandOverPause = std::chrono::milliseconds(10);

/// The feature levels that this node can run at.
template <class Request>
void add_features(const config::BrokerConfig& config, Request& request) {
  for (const auto& [name, levels] :
       metadata::supported_features(config.node.unstable_feature_versions_enable)) {
    request.features.push_back({.name = name,
                                .min_supported_version = levels.min,
                                .max_supported_version = levels.max,
                                .unknown_tags = {}});
  }
}

/// Whether this node knows the metadata.version of its cluster. Apache Kafka ends where it does not.
Result<void> check_metadata_version(const config::BrokerConfig& config,
                                    const metadata::DecisionContext& context) {
  const auto supported = metadata::supported_levels(metadata::kMetadataVersionFeature,
                                                    config.node.unstable_feature_versions_enable);
  const metadata::MetadataVersion version = metadata::finalized_version(context);
  if (supported->contains(version.level())) return {};
  return fail(ErrorCode::kUnsupportedVersion,
              "The cluster is at metadata.version " + std::to_string(version.level()) + " (" +
                  std::string(version.name()) + "), but this node only supports " +
                  std::to_string(supported->min) + " to " + std::to_string(supported->max) +
                  "; unstable.feature.versions.enable allows levels that are not stable yet");
}

}  // namespace

Task<Result<void>> Node::register_controller() {
  protocol::ControllerRegistrationRequest request;
  request.controller_id = id().value();
  request.incarnation_id = incarnation_id_;
  for (const config::Endpoint& endpoint : config_.listeners.advertised_controller) {
    request.listeners.push_back({.name = endpoint.listener,
                                 .host = endpoint.host,
                                 .port = static_cast<std::uint16_t>(endpoint.port),
                                 .security_protocol = static_cast<std::int16_t>(endpoint.protocol),
                                 .unknown_tags = {}});
  }
  add_features(config_, request);
  using Registered = Result<metadata::Decision<std::monostate>>;
  auto outcome = co_await controller_->decide<std::monostate>(
      [&](const metadata::DecisionContext& context) -> Registered {
        if (auto known = check_metadata_version(config_, context); !known) {
          return fail(std::move(known).error());
        }
        // Early versions have no record for it, and Apache Kafka's controllers do without.
        if (!metadata::finalized_version(context).supports_controller_registration()) {
          return metadata::Decision<std::monostate>{.records = {}, .response = {}, .is_atomic = true};
        }
        return metadata::register_controller(request, context);
      });
  if (!outcome) co_return fail(outcome.error());
  co_return Result<void>{};
}

Task<Result<void>> Node::register_broker(const std::vector<config::Endpoint>& advertised) {
  protocol::BrokerRegistrationRequest request;
  request.broker_id = id();
  request.cluster_id = cluster_id_;
  request.incarnation_id = incarnation_id_;
  for (const config::Endpoint& endpoint : advertised) {
    request.listeners.push_back({.name = endpoint.listener,
                                 .host = endpoint.host,
                                 .port = static_cast<std::uint16_t>(endpoint.port),
                                 .security_protocol = static_cast<std::int16_t>(endpoint.protocol),
                                 .unknown_tags = {}});
  }
  add_features(config_, request);
  request.rack = config_.node.rack ? std::optional<std::string_view>(*config_.node.rack) : std::nullopt;
  for (std::size_t i = 0; i < log_dirs_.size(); ++i) {
    if (!replica_dirs_.is_offline(i)) request.log_dirs.push_back(*log_dirs_[i].identity.directory_id);
  }
  std::ranges::sort(request.log_dirs);
  // All directories must tell of the same clean stop; one without a mark makes it an unclean one.
  request.previous_broker_epoch = log_dirs_.front().clean_shutdown_epoch.value_or(-1);
  for (const LogDir& dir : log_dirs_) {
    if (dir.clean_shutdown_epoch.value_or(-1) != request.previous_broker_epoch)
      request.previous_broker_epoch = -1;
  }
  auto outcome =
      co_await controller_->decide<metadata::RegisteredBroker>([&](const metadata::DecisionContext& context) {
        return metadata::register_broker(request, kRegistrationVersion, context);
      });
  if (!outcome) co_return fail(outcome.error());
  broker_epoch_ = outcome->broker_epoch;
  shards_[ShardId(0)].tasks().spawn(tell_places());
  co_return Result<void>{};
}

Task<Result<bool>> Node::heartbeat(bool want_shut_down) {
  protocol::BrokerHeartbeatRequest request;
  request.broker_id = id();
  request.broker_epoch = broker_epoch_;
  request.current_metadata_offset = applied_offset_ - 1;
  request.want_shut_down = want_shut_down;
  // That none are is noted, too.
  auto& cordoned = request.cordoned_log_dirs.emplace();
  told_cordoned_ = config_in_force().node.cordoned();
  for (std::size_t i = 0; i < log_dirs_.size(); ++i) {
    if (told_cordoned_[i] && !replica_dirs_.is_offline(i))
      cordoned.push_back(*log_dirs_[i].identity.directory_id);
  }
  request.offline_log_dirs = failed_directories_;
  auto outcome = co_await controller_->decide<metadata::HeartbeatReply>(
      [&](const metadata::DecisionContext& context) { return metadata::heartbeat(request, context); });
  if (!outcome) co_return fail(outcome.error());
  failures_told_ = request.offline_log_dirs.size();
  if (outcome->in_controlled_shutdown) controller_->begin_controlled_shutdown(id());
  fenced_ = outcome->is_fenced;
  co_return want_shut_down ? outcome->should_shut_down : !outcome->is_fenced;
}

Task<Result<void>> Node::complete_registrations(const std::vector<config::Endpoint>& advertised) {
  const ClusterViewPtr view = states_.front()->view;
  const metadata::Image& image = view->image;
  const auto& level = image.metadata_version;
  if (!level) co_return Result<void>{};
  if (level->supports_controller_registration() && !image.controllers.contains(id())) {
    if (auto registered = co_await register_controller(); !registered) co_return registered;
  }
  const metadata::BrokerRegistration* broker = image.broker(id());
  if (level->supports_directories() && broker != nullptr && broker->directories.empty()) {
    co_return co_await register_broker(advertised);
  }
  co_return Result<void>{};
}

bool Node::is_cordoning_untold() {
  return config_in_force().node.cordoned() != told_cordoned_;
}

Task<void> Node::run_lifecycle(std::vector<config::Endpoint> advertised,
                               std::function<void(Result<void>)> done) {
  Shard& zero = shards_[ShardId(0)];
  co_await controller_->activated();
  if (auto registered = co_await register_controller(); !registered) co_return done(std::move(registered));
  if (auto registered = co_await register_broker(advertised); !registered)
    co_return done(std::move(registered));
  zero.tasks().spawn(tell_loading());
  // Every shard has its replicas before clients are sent here.
  while (!has_opened_logs()) {
    Waiter waiter(zero, Instant::never());
    applied_changes_.add(waiter);
    co_await waiter;
  }
  while (!stopping_ && !failed_) {
    if (const auto complete = co_await complete_registrations(advertised); !complete) {
      observe::warn("registration: {}", complete.error().message);
    }
    const auto unfenced = co_await heartbeat(false);
    if (!unfenced) {
      observe::warn("heartbeat: {}", unfenced.error().message);
      if (!announced_) co_return done(fail(unfenced.error()));
    } else if (*unfenced && !announced_) {
      const std::int64_t unfenced_at = controller_->high_watermark();
      while (applied_offset_ < unfenced_at) {
        Waiter waiter(zero, Instant::never());
        applied_changes_.add(waiter);
        co_await waiter;
      }
      announced_ = true;
      zero.tasks().spawn(run_checkpoints());
      start_upkeep();
      done({});
    }
    if (is_failure_untold()) {
      co_return fail_node({ErrorCode::kKafkaStorageError,
                           "the controller could not be told of a log directory that is offline"});
    }
    // A change while the heartbeat was under way has woken nobody.
    if (is_cordoning_untold()) continue;
    Waiter pause(zero, zero.now() + std::chrono::milliseconds(config_.node.broker_heartbeat_interval_ms));
    heartbeat_due_.add(pause);
    co_await pause;
  }
}

Task<void> Node::hand_over() {
  Shard& zero = shards_[ShardId(0)];
  const Instant deadline = zero.now() + kHandOverTime;
  while (true) {
    const auto allowed = co_await heartbeat(true);
    if (allowed && *allowed) co_return;
    if (!allowed) observe::warn("controlled shutdown: {}", allowed.error().message);
    if (!allowed || zero.now() >= deadline) co_return;
    Waiter pause(zero, zero.now() + kHandOverPause);
    co_await pause;
  }
}

Task<void> Node::run_shutdown(std::function<void(Result<void>)> done) {
  stopping_ = true;
  if (controller_->is_active() && config_.node.controlled_shutdown_enable && broker_epoch_ >= 0) {
    co_await hand_over();
  }
  co_await cleaner_->stop();
  const auto closed = co_await close_logs();
  controller_->stop();
  auto outcome = closed ? metadata_log_->close() : closed;
  done(std::move(outcome));
}

Task<Node::Closed> Node::close_shard(std::size_t shard) {
  ShardState& state = *states_[shard];
  state.groups.resign_all();
  state.transactions.resign_all();
  state.share_partitions->clear();
  state.share_states.resign_all();
  co_await state.partitions.end_moves();
  state.partitions.retire_all();
  if (!state.changes.empty()) co_return std::nullopt;
  co_return state.partitions.close();
}

Task<Result<bool>> Node::close_shards(std::vector<PartitionTable::Checkpoints>& merged) {
  bool is_complete = has_opened_logs() && held_back_.empty();
  for (std::size_t i = 0; i < states_.size(); ++i) {
    Shard& shard = shards_[ShardId(static_cast<std::uint32_t>(i))];
    auto closed = co_await on_shard<Closed>(shards_[ShardId(0)], shard, [this, i] { return close_shard(i); });
    is_complete = is_complete && closed.has_value();
    for (std::size_t dir = 0; closed && dir < merged.size(); ++dir) {
      Result<PartitionTable::Checkpoints>& mine = (*closed)[dir];
      if (mine) {
        merged[dir].merge(*std::move(mine));
      } else if (!lose_log_dir(dir, mine.error())) {
        co_return fail(mine.error());
      }
    }
  }
  co_return is_complete;
}

Task<Result<void>> Node::close_logs() {
  std::vector<PartitionTable::Checkpoints> merged(log_dirs_.size());
  const auto is_complete = co_await close_shards(merged);
  if (!is_complete) co_return fail(is_complete.error());
  if (!*is_complete) {
    // Checkpoints without the logs not opened would lose them, and a mark would spare them their recovery.
    observe::warn("stopped before all logs were opened: the next start recovers them");
    co_return Result<void>{};
  }
  const auto written = co_await checkpoints_.update(
      [&merged]() -> Task<std::optional<OffsetCheckpoints::Offsets>> { co_return std::move(merged); });
  if (!written) co_return fail(written.error());
  // Last of all: the mark says that everything before it is on disk.
  co_return mark_clean_stop();
}

Result<void> Node::mark_clean_stop() {
  return in_every_log_dir(
      [this](io::Directory& dir) { return log::write_clean_shutdown(dir, broker_epoch_); });
}

Result<void> Node::in_every_log_dir(const DirWork& work) {
  for (std::size_t i = 0; i < log_dirs_.size(); ++i) {
    if (replica_dirs_.is_offline(i)) continue;
    const auto done = work(*log_dirs_[i].folder);
    if (!done && !lose_log_dir(i, done.error())) return done;
  }
  return {};
}

Task<std::vector<PartitionTable::Checkpoints>> Node::gather_checkpoints() {
  std::vector<PartitionTable::Checkpoints> merged(log_dirs_.size());
  for (std::size_t i = 0; i < states_.size(); ++i) {
    Shard& shard = shards_[ShardId(static_cast<std::uint32_t>(i))];
    using Some = std::vector<PartitionTable::Checkpoints>;
    auto some = co_await on_shard<Some>(shards_[ShardId(0)], shard, [this, i]() -> Task<Some> {
      co_return states_[i]->partitions.checkpoints();
    });
    for (std::size_t dir = 0; dir < merged.size(); ++dir) {
      merged[dir].merge(std::move(some[dir]));
    }
  }
  co_return merged;
}

void Node::checkpoint_soon() {
  is_checkpoint_due_ = true;
  checkpoints_due_.wake_all();
}

Task<void> Node::run_checkpoints() {
  Shard& zero = shards_[ShardId(0)];
  while (true) {
    if (!is_checkpoint_due_) {
      Waiter pause(zero, zero.now() + std::chrono::milliseconds(
                                          config_.replication.high_watermark_checkpoint_interval_ms));
      checkpoints_due_.add(pause);
      co_await pause;
    }
    if (stopping_ || failed_) co_return;
    const auto written =
        co_await checkpoints_.update([this]() -> Task<std::optional<OffsetCheckpoints::Offsets>> {
          is_checkpoint_due_ = false;
          auto all = co_await gather_checkpoints();
          // The stop writes the last ones; nothing older may come behind them.
          if (stopping_ || failed_) co_return std::nullopt;
          co_return all;
        });
    if (!written) {
      fail_node(written.error());
      co_return;
    }
    if (stopping_ || failed_) co_return;
    on_every_shard([](ShardState& state) { state.partitions.checkpoints_written(); });
  }
}

void Node::start_upkeep() {
  cleaner_->start();
  const std::int64_t expiry_ms = config_.log.producer_id_expiration_check_interval_ms;
  const std::int64_t retention_ms = config_.log.retention_check_interval_ms;
  TaskScope& tasks = shards_[ShardId(0)].tasks();
  tasks.spawn(run_upkeep(expiry_ms, expiry_ms,
                         [](ShardState& state) { state.partitions.remove_expired_producers(); }));
  tasks.spawn(run_upkeep(config_.log.initial_task_delay_ms, retention_ms,
                         [](ShardState& state) { state.partitions.apply_retention(); }));
  const std::int64_t abort_ms = config_.transactions.abort_timed_out_interval_ms;
  tasks.spawn(
      run_upkeep(abort_ms, abort_ms, [](ShardState& state) { state.transactions.abort_timed_out(); }));
  const std::int64_t forget_ms = config_.transactions.remove_expired_interval_ms;
  tasks.spawn(
      run_upkeep(forget_ms, forget_ms, [](ShardState& state) { state.transactions.forget_expired(); }));
  const std::int64_t prune_ms = config_.share_coordinator.prune_interval_ms;
  tasks.spawn(run_upkeep(prune_ms, prune_ms, [](ShardState& state) {
    if (state.has_share_groups()) state.share_states.prune();
  }));
  const std::int64_t cold_ms = config_.share_coordinator.cold_partition_snapshot_interval_ms;
  tasks.spawn(run_upkeep(cold_ms, cold_ms, [](ShardState& state) {
    if (state.has_share_groups()) state.share_states.snapshot_cold();
  }));
}

Task<void> Node::run_upkeep(std::int64_t first_pause_ms, std::int64_t pause_ms, ShardWork work) {
  Shard& zero = shards_[ShardId(0)];
  Instant due = zero.now() + from_ms(first_pause_ms);
  while (true) {
    Waiter pause(zero, due);
    co_await pause;
    if (stopping_ || failed_) co_return;
    on_every_shard(work);
    due = zero.now() + from_ms(pause_ms);
  }
}

void Node::on_every_shard(ShardWork work) {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    host_.loop(i).post([this, i, work] { work(*states_[i]); });
  }
}

}  // namespace moldau::runtime
