#include "runtime/node.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/assert.h"
#include "config/java_number.h"
#include "config/key.h"
#include "config/value.h"
#include "log/clean_shutdown_marker.h"
#include "log/file_names.h"
#include "metadata/features.h"
#include "metadata/image_queries.h"
#include "observe/log.h"
#include "quorum/snapshot.h"
#include "runtime/share_partition_table.h"
#include "runtime/txn_markers.h"

namespace moldau::runtime {
namespace {

/// `min.insync.replicas` of the configuration, which the controller makes a default of all brokers.
std::int32_t static_min_insync_replicas(const TableConfigRules& rules) {
  const auto number = config::parse_integer(rules.effective_value("min.insync.replicas", {}), 1,
                                            std::numeric_limits<std::int32_t>::max());
  require(number.has_value(), "a resolved configuration has numbers where numbers belong");
  return static_cast<std::int32_t>(*number);
}

/// Writes a marker to a partition of this node. One that is there, and only not served at the moment, is not
/// unknown: its marker has to come later.
Task<ErrorCode> write_own_marker(Node& node, Shard& shard, coordinator::TopicPartition partition,
                                 log::TransactionMarker marker) {
  const ErrorCode error = co_await write_marker(node, shard, partition.topic, partition.partition, marker);
  if (error != ErrorCode::kUnknownTopicOrPartition) co_return error;
  const ClusterViewPtr view = node.cluster_view(shard);
  const bool is_gone = metadata::find_partition(view->image, partition.topic, partition.partition) == nullptr;
  co_return is_gone ? error : ErrorCode::kNotLeaderOrFollower;
}

/// What lies in tiered storage is out of reach here, and a log that starts behind it would have Apache Kafka
/// delete it later. Its own words where tiered storage is off.
Result<void> check_tiered(const metadata::Image& image) {
  constexpr std::string_view kName = "remote.storage.enable";
  const config::ConfigKey& key = *config::find_key(config::ResourceType::kTopic, kName);
  for (const auto& [resource, configs] : image.configs) {
    const auto set = configs->find(kName);
    if (set == configs->end() || config::parse_type(key, set->second) != config::Value(true)) continue;
    return fail(ErrorCode::kInvalidConfig,
                "You have to delete all topics with the property remote.storage.enable=true before disabling "
                "tiered storage cluster-wide");
  }
  return {};
}

}  // namespace

Node::ShardState::ShardState(Node& node, const PartitionTable::Surroundings& surroundings,
                             TransactionPartition::Surroundings transaction_surroundings)
    : partitions(surroundings),
      groups(*surroundings.shard, partitions, *surroundings.config),
      transactions(partitions, surroundings.node_id, std::move(transaction_surroundings)),
      share_states(*surroundings.shard, partitions, *surroundings.config),
      share_partitions(std::make_unique<SharePartitionTable>(node, *surroundings.shard, partitions)) {}

Node::ShardState::~ShardState() = default;

SharePartitionTable& Node::share_partitions(ShardId shard) {
  return *states_[shard.value()]->share_partitions;
}

Node::Node(io::Host& host, const config::BrokerConfig& config, std::vector<LogDir> log_dirs,
           std::optional<LogDir> metadata_log_dir)
    : host_(host),
      config_(config),
      log_dirs_(std::move(log_dirs)),
      metadata_log_dir_(std::move(metadata_log_dir)),
      replica_dirs_(log_dirs_, BrokerId(config.node.node_id)),
      cluster_id_(directory_of_metadata().identity.cluster_id),
      incarnation_id_(host.loop(0).random().uuid()),
      shards_(host),
      config_rules_(config),
      layered_config_(config),
      checkpoints_({.shard = &shards_[ShardId(0)],
                    .log_dirs = log_dirs_,
                    .is_offline = [this](std::size_t log_dir) { return replica_dirs_.is_offline(log_dir); },
                    .lose = [this](std::size_t log_dir,
                                   const Error& error) { return lose_log_dir(log_dir, error); }}) {
  for (std::size_t i = 0; i < shards_.count(); ++i) {
    Shard& shard = shards_[ShardId(static_cast<std::uint32_t>(i))];
    states_.push_back(
        std::make_unique<ShardState>(*this, surroundings_of(shard), transaction_surroundings_of(shard)));
  }
  LogCleaner::Surroundings around{.host = &host_,
                                  .shards = &shards_,
                                  .tables = {},
                                  .settings = [this] { return config_in_force().cleaner; },
                                  .on_failure = [this](const Error& error) { fail_node(error); }};
  for (const auto& state : states_)
    around.tables.push_back(&state->partitions);
  cleaner_ = std::make_unique<LogCleaner>(std::move(around));
}

Node::~Node() = default;

PartitionTable::Surroundings Node::surroundings_of(Shard& shard) {
  using Key = PartitionTable::Key;
  return {
      .shard = &shard,
      .shards = &shards_,
      .log_dirs = log_dirs_,
      .config = &config_,
      .node_id = id(),
      .on_failure =
          [this](std::size_t log_dir, const Error& error) {
            host_.loop(0).post([this, log_dir, error] { log_dir_failed(log_dir, error); });
          },
      .assign_dir = [this, &shard](Key key, std::size_t log_dir) { return assign_dir(shard, key, log_dir); },
      .on_move_ended =
          [this](Key key, std::size_t log_dir, bool has_moved) {
            host_.loop(0).post(
                [this, key, log_dir, has_moved] { replica_move_ended(key, log_dir, has_moved); });
          }};
}

TransactionPartition::Surroundings Node::transaction_surroundings_of(Shard& shard) {
  return {.shard = &shard,
          .config = transaction_settings(config_),
          .fresh_producer_id = [this, &shard] { return producer_ids_.next(shard); },
          .write_marker =
              [this, &shard](coordinator::TopicPartition partition, log::TransactionMarker marker) {
                return write_own_marker(*this, shard, std::move(partition), marker);
              },
          .transaction_version =
              [this, &shard] { return cluster_view(shard)->image.feature_level("transaction.version"); }};
}

Result<std::unique_ptr<Node>> Node::open(io::Host& host, const config::BrokerConfig& config) {
  auto log_dirs = open_log_dirs(host, config);
  if (!log_dirs) return fail(log_dirs.error());
  auto metadata_log_dir = open_metadata_log_dir(host, config, *log_dirs);
  if (!metadata_log_dir) return fail(metadata_log_dir.error());
  std::unique_ptr<Node> node(new Node(host, config, std::move(*log_dirs), std::move(*metadata_log_dir)));
  if (const auto done = node->open_controller(); !done) return fail(done.error());
  return node;
}

LogDir& Node::directory_of_metadata() {
  if (metadata_log_dir_) return *metadata_log_dir_;
  const auto at = std::ranges::find(config_.node.log_dirs, config_.node.metadata_log_dir);
  return log_dirs_[static_cast<std::size_t>(at - config_.node.log_dirs.begin())];
}

Result<void> Node::open_controller() {
  LogDir& dir = directory_of_metadata();
  auto opened = MetadataLog::open(
      *dir.folder,
      {.segment_bytes = config_.metadata_log.segment_bytes,
       .segment_ms = config_.metadata_log.segment_ms,
       .max_retention_bytes = config_.metadata_log.max_retention_bytes,
       .max_retention_ms = config_.metadata_log.max_retention_ms},
      {.sync = host_.make_lane("sync metadata log"), .snapshot = host_.make_lane("metadata snapshots")},
      host_.loop(0).clock().wall_ms());
  if (!opened) return fail(opened.error());
  metadata_log_ = std::move(*opened);
  auto content = metadata_log_->load();
  if (!content) return fail(content.error());
  auto bootstrap = read_bootstrap(*dir.folder);
  if (!bootstrap) return fail(bootstrap.error());

  quorum::LocalReplica replica;
  replica.key = {.id = id(), .directory_id = *dir.identity.directory_id};
  for (const config::Endpoint& endpoint : config_.listeners.advertised_controller) {
    replica.endpoints.push_back({.listener = endpoint.listener,
                                 .host = endpoint.host,
                                 .port = static_cast<std::uint16_t>(endpoint.port)});
  }
  if (content->start.voters.empty()) {
    std::vector<quorum::Voter> voters;
    for (const auto& [voter_id, address] : config_.quorum.voters) {
      // Static voters are reached by the first listener of controllers.
      voters.push_back({.key = {.id = BrokerId(voter_id), .directory_id = {}},
                        .endpoints = {{.listener = config_.listeners.controller_names.front(),
                                       .host = address.host,
                                       .port = static_cast<std::uint16_t>(address.port)}},
                        .kraft_versions = {}});
    }
    content->start.voters = quorum::VoterSet(std::move(voters));
  }
  Controller::Settings settings{
      .decisions = {.node_id = id(),
                    .cluster_id = cluster_id_,
                    .default_partitions = config_.topics.num_partitions,
                    .default_replication_factor =
                        static_cast<std::int16_t>(config_.topics.default_replication_factor),
                    .is_topic_deletion_enabled = config_.topics.delete_enable,
                    .static_min_insync_replicas = static_min_insync_replicas(config_rules_)},
      .replica = std::move(replica),
      .bootstrap = std::move(*bootstrap),
      .session_timeout = std::chrono::milliseconds(config_.node.broker_session_timeout_ms),
      .max_idle = std::chrono::milliseconds(config_.metadata_log.max_idle_interval_ms),
      .max_bytes_between_snapshots =
          static_cast<std::uint64_t>(config_.metadata_log.max_record_bytes_between_snapshots),
      .max_snapshot_interval = from_ms(config_.metadata_log.max_snapshot_interval_ms)};
  controller_ = std::make_unique<Controller>(shards_[ShardId(0)], std::move(settings), config_rules_,
                                             *metadata_log_, std::move(*content));
  return {};
}

Result<void> Node::prepare_replicas(const metadata::Image& image) {
  if (auto checked = check_tiered(image); !checked) return checked;
  // Ends what the marks of the last clean stop promise.
  if (auto removed = in_every_log_dir(log::remove_clean_shutdown); !removed) return removed;
  return find_replicas(image);
}

void Node::start(std::vector<config::Endpoint> advertised, std::function<void(Result<void>)> done,
                 std::function<void(const Error&)> on_failure) {
  on_failure_ = std::move(on_failure);
  const auto begun = controller_->start(
      [this](const ClusterViewPtr& view, const metadata::ImageDelta& delta) { apply(view, delta); },
      [this](const Error& error) { fail_node(error); });
  if (!begun) {
    done(fail(begun.error()));
    return;
  }
  shards_[ShardId(0)].tasks().spawn(run_lifecycle(std::move(advertised), std::move(done)));
}

void Node::apply(const ClusterViewPtr& view, const metadata::ImageDelta& delta) {
  if (failed_ || (stopping_ && !has_found_replicas_)) return;
  if (!std::exchange(has_found_replicas_, true)) {
    if (const auto ready = prepare_replicas(view->image); !ready) return fail_node(ready.error());
  }
  const config::BrokerConfig& config = config_in(view->image);
  const bool is_other = delta.configs.contains(metadata::broker_resource(id())) ||
                        delta.configs.contains(metadata::cluster_resource());
  if (is_other && config_changed_) config_changed_(config);
  auto places = replica_dirs_.place(view->image, delta, config.node.cordoned());
  metadata::ImageDelta rest = delta;
  if (!delta.removed_topics.empty() && !places.empty()) {
    // What goes leaves its names to what comes.
    metadata::ImageDelta removals;
    removals.removed_topics = std::exchange(rest.removed_topics, {});
    hand_on(std::make_shared<Change>(Change{.view = view,
                                            .delta = std::make_shared<const metadata::ImageDelta>(removals),
                                            .places = std::make_shared<const ReplicaPlaces>(),
                                            .is_complete = false}));
  }
  hand_on(
      std::make_shared<Change>(Change{.view = view,
                                      .delta = std::make_shared<const metadata::ImageDelta>(std::move(rest)),
                                      .places = std::make_shared<const ReplicaPlaces>(std::move(places))}));
  shards_[ShardId(0)].tasks().spawn(tell_places());
}

Task<bool> Node::topic_visible(Shard& here, std::string topic, Instant deadline) {
  ShardState& state = *states_[here.id().value()];
  while (state.view->image.topic(topic) == nullptr) {
    Waiter waiter(here, deadline);
    state.view_changes.add(waiter);
    if (co_await waiter == Waiter::Outcome::kDeadline) co_return false;
  }
  co_return true;
}

const config::BrokerConfig& Node::config_in(const metadata::Image& image) {
  return layered_config_.with(image.configs_of(metadata::broker_resource(id())),
                              image.configs_of(metadata::cluster_resource()));
}

void Node::fail_node(const Error& error) {
  if (failed_) return;
  failed_ = true;
  observe::error("the node cannot go on: {}", error.message);
  if (on_failure_) on_failure_(error);
}

void Node::stop(std::function<void(Result<void>)> done) {
  shards_[ShardId(0)].tasks().spawn(run_shutdown(std::move(done)));
}

}  // namespace moldau::runtime
