#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "config/broker_config.h"
#include "io/host.h"
#include "observe/node_report.h"
#include "runtime/cluster_view.h"
#include "runtime/controller.h"
#include "runtime/group_table.h"
#include "runtime/layered_config.h"
#include "runtime/log_cleaner.h"
#include "runtime/log_dirs.h"
#include "runtime/metadata_log.h"
#include "runtime/offset_checkpoints.h"
#include "runtime/partition_table.h"
#include "runtime/producer_ids.h"
#include "runtime/replica_dirs.h"
#include "runtime/shards.h"
#include "runtime/share_state_table.h"
#include "runtime/streams_topics.h"
#include "runtime/table_config_rules.h"
#include "runtime/transaction_table.h"

namespace moldau::runtime {

class SharePartitionTable;

/// One node, broker and controller in one process: what handlers ask, whatever shard they run on. Built and
/// started on shard 0; a reference to it is good until the host's loops have ended.
class Node {
 public:
  /// Opens the log directories and reads the metadata log. `host` and `config` outlive the node.
  static Result<std::unique_ptr<Node>> open(io::Host& host, const config::BrokerConfig& config);
  ~Node();

  /// Has `changed` told, on shard 0, what holds for this broker when something of it was set. Before start().
  void watch_config(std::function<void(const config::BrokerConfig&)> changed) {
    config_changed_ = std::move(changed);
  }

  /// Elects, registers, loads the replicas and serves them; `done` is called on shard 0 when the broker is
  /// unfenced, or with what prevents it. `on_failure` is told when the node must stop later.
  void start(std::vector<config::Endpoint> advertised, std::function<void(Result<void>)> done,
             std::function<void(const Error&)> on_failure);

  /// Ends in order, on shard 0: leads nothing any more, closes the logs and marks the clean stop.
  void stop(std::function<void(Result<void>)> done);

  const config::BrokerConfig& config() const { return config_; }
  BrokerId id() const { return BrokerId(config_.node.node_id); }
  const std::string& cluster_id() const { return cluster_id_; }
  /// What is read at the start, and never changes; from any shard. Which of them have failed since is known
  /// to the partition tables.
  std::span<const LogDir> log_dirs() const { return log_dirs_; }
  Shards& shards() { return shards_; }
  io::Host& host() { return host_; }

  /// The cluster as `shard`, the caller's, knows it.
  ClusterViewPtr cluster_view(const Shard& shard) const { return states_[shard.id().value()]->view; }
  /// The replicas of that shard; only on that shard.
  PartitionTable& partitions(ShardId shard) { return states_[shard.value()]->partitions; }
  /// The group coordinators of that shard; only on that shard.
  GroupTable& groups(ShardId shard) { return states_[shard.value()]->groups; }
  /// The transaction coordinators of that shard; only on that shard.
  TransactionTable& transactions(ShardId shard) { return states_[shard.value()]->transactions; }
  /// The share coordinators of that shard; only on that shard.
  ShareStateTable& share_states(ShardId shard) { return states_[shard.value()]->share_states; }
  /// The partitions of that shard as share groups read them; only on that shard.
  SharePartitionTable& share_partitions(ShardId shard);
  /// Only on shard 0.
  Controller& controller() { return *controller_; }
  std::int64_t broker_epoch() const { return broker_epoch_; }

  /// Why clients are not to be sent here, in words for an operator; nullopt while they may be. On shard 0.
  std::optional<std::string> obstacle_to_serving() const;
  /// What the node and its shards say of themselves; no requests, connections and process. On shard 0.
  Task<observe::NodeReport> report();

  /// Decides on shard 0 for a caller on any shard.
  template <class Response>
  Task<Result<Response>> decide(
      Shard& here,
      std::move_only_function<Result<metadata::Decision<Response>>(const metadata::DecisionContext&)>
          decision) {
    Shard& zero = shards_[ShardId(0)];
    co_return co_await on_shard<Result<Response>>(here, zero,
                                                  [this, decision = std::move(decision)]() mutable {
                                                    return controller_->decide<Response>(std::move(decision));
                                                  });
  }

  ProducerIds& producer_ids() { return producer_ids_; }
  StreamsTopics& streams_topics() { return streams_topics_; }

  /// Begins to move a replica of this node to another of its log directories, which is online; for a caller
  /// on any shard. PartitionTable::move() says with what outcome; UNKNOWN_TOPIC_OR_PARTITION if there is no
  /// such partition. One that is not here will be made in that directory when it comes.
  Task<ErrorCode> move_replica(Shard& here, const log::PartitionName& name, std::size_t log_dir);

  /// Waits on `here` until its view contains `topic`, or the deadline. True when it does.
  Task<bool> topic_visible(Shard& here, std::string topic, Instant deadline);

 private:
  /// Committed metadata on its way to every shard. Shared by them; the counts belong to shard 0.
  struct Change {
    ClusterViewPtr view;
    std::shared_ptr<const metadata::ImageDelta> delta;
    std::shared_ptr<const ReplicaPlaces> places;  ///< of the replicas that it brings
    bool is_complete = true;                      ///< else the rest of what the view shows comes next
    std::size_t shards_left = 0;
  };
  struct ShardState {
    ShardState(Node& node, const PartitionTable::Surroundings& surroundings,
               TransactionPartition::Surroundings transaction_surroundings);
    ~ShardState();
    ShardState(const ShardState&) = delete;
    ShardState& operator=(const ShardState&) = delete;

    /// Share groups are on in this cluster, as the shard knows it.
    bool has_share_groups() const { return view->image.feature_level("share.version") > 0; }

    ClusterViewPtr view = std::make_shared<ClusterView>();
    PartitionTable partitions;
    GroupTable groups;
    TransactionTable transactions;
    ShareStateTable share_states;
    std::unique_ptr<SharePartitionTable> share_partitions;
    WaitList view_changes;
    std::deque<std::shared_ptr<Change>> changes;  ///< not applied yet; the first is under way
  };

  Node(io::Host& host, const config::BrokerConfig& config, std::vector<LogDir> log_dirs,
       std::optional<LogDir> metadata_log_dir);

  PartitionTable::Surroundings surroundings_of(Shard& shard);
  TransactionPartition::Surroundings transaction_surroundings_of(Shard& shard);
  LogDir& directory_of_metadata();
  Result<void> open_controller();
  /// At the start, with all that is committed, before any log of a replica is opened.
  Result<void> prepare_replicas(const metadata::Image& image);
  /// Notes which replicas are in which directory.
  Result<void> find_replicas(const metadata::Image& image);
  /// Tells the controller in which directories replicas are, until it knows of all.
  Task<void> tell_places();
  /// Has the controller take down that the replica is in that directory; false if it does not. From any
  /// shard.
  Task<bool> assign_dir(Shard& here, PartitionTable::Key key, std::size_t log_dir);
  void replica_move_ended(PartitionTable::Key key, std::size_t log_dir, bool has_moved);
  void log_dir_failed(std::size_t log_dir, const Error& error);
  /// Goes on without the directory. False if that cannot be: the metadata is there, or no other is left.
  bool lose_log_dir(std::size_t log_dir, const Error& error);
  void apply(const ClusterViewPtr& view, const metadata::ImageDelta& delta);
  /// Gives a change to the shards, after those before it and once its replicas have their names for
  /// themselves: the folders of others that had them are out of the way, and the checkpoints silent on them.
  void hand_on(std::shared_ptr<Change> change);
  void hand_out(const std::shared_ptr<Change>& change);
  /// Hands out those that are held back, each once it may be.
  Task<void> release_changes();
  /// Calls visit(name) for each partition of the topics that it removes.
  template <class Visit>
  static void for_each_removed(const Change& change, Visit visit);
  /// The new replicas of a change.
  static std::vector<OffsetCheckpoints::Place> new_places(const Change& change);
  bool are_leaving(const std::vector<OffsetCheckpoints::Place>& places) const;
  /// Takes a change up on its shard, after those before it.
  void take_up(std::size_t shard, std::shared_ptr<Change> change);
  Task<void> apply_changes(std::size_t shard);
  /// One shard is done with it. On shard 0.
  void applied(Change& change, const Result<void>& outcome);
  Task<void> run_lifecycle(std::vector<config::Endpoint> advertised, std::function<void(Result<void>)> done);
  Task<Result<void>> register_broker(const std::vector<config::Endpoint>& advertised);
  Task<Result<void>> register_controller();
  Task<Result<bool>> heartbeat(bool want_shut_down);
  /// The controller did not hear of a directory that is offline for `log.dir.failure.timeout.ms`: it may go
  /// on to place replicas there.
  bool is_failure_untold();
  /// Registers again what the metadata had no place for before metadata.version rose: the controller
  /// (3.7-IV0) and the broker's directories (3.7-IV2).
  Task<Result<void>> complete_registrations(const std::vector<config::Endpoint>& advertised);
  /// Directories were cordoned or no longer are since the last heartbeat was made.
  bool is_cordoning_untold();
  /// Tells the log how far the opening of many logs is.
  Task<void> tell_loading();
  Task<std::vector<observe::LogDirReport>> gather_loading();
  observe::BrokerState state() const;
  observe::ClusterReport report_cluster() const;
  /// Controlled shutdown: leads nothing any more when it returns, if the controller agreed in time.
  Task<void> hand_over();
  Task<void> run_shutdown(std::function<void(Result<void>)> done);
  /// Whether every shard has the replicas that the node had when it registered.
  bool has_opened_logs() const { return broker_epoch_ >= 0 && applied_offset_ > broker_epoch_; }
  Task<Result<void>> close_logs();
  /// The checkpoints of a shard's logs, which are closed; nullopt if logs are still being opened there.
  using Closed = std::optional<std::vector<Result<PartitionTable::Checkpoints>>>;
  Task<Closed> close_shard(std::size_t shard);
  /// Of all shards; `merged` gets the checkpoints. False if logs are still being opened somewhere.
  Task<Result<bool>> close_shards(std::vector<PartitionTable::Checkpoints>& merged);
  Result<void> mark_clean_stop();
  using DirWork = std::function<Result<void>(io::Directory&)>;
  /// In each log directory that is online; fails with what the node cannot go on without.
  Result<void> in_every_log_dir(const DirWork& work);
  /// Writes the offset checkpoints of all log directories from time to time, where they changed.
  Task<void> run_checkpoints();
  /// Begins what is done for all partitions from time to time, and compaction.
  void start_upkeep();
  using ShardWork = void (*)(ShardState&);
  Task<void> run_upkeep(std::int64_t first_pause_ms, std::int64_t pause_ms, ShardWork work);
  void on_every_shard(ShardWork work);
  Task<std::vector<PartitionTable::Checkpoints>> gather_checkpoints();
  void checkpoint_soon();
  void fail_node(const Error& error);
  /// With what is set there for this broker. On shard 0; good until the next call.
  const config::BrokerConfig& config_in(const metadata::Image& image);
  /// With what was set for it since the start, as this shard knows it.
  const config::BrokerConfig& config_in_force() { return config_in(states_.front()->view->image); }

  io::Host& host_;
  const config::BrokerConfig& config_;
  std::vector<LogDir> log_dirs_;
  std::optional<LogDir> metadata_log_dir_;  ///< where it is none of log_dirs_
  ReplicaDirs replica_dirs_;
  bool tells_places_ = false;
  std::vector<Uuid> failed_directories_;  ///< ids of those that went offline
  std::size_t failures_told_ = 0;         ///< of these, how many the controller has heard of
  Instant failures_due_ = Instant::never();
  std::string cluster_id_;
  Uuid incarnation_id_;
  Shards shards_;
  std::vector<std::unique_ptr<ShardState>> states_;
  TableConfigRules config_rules_;
  LayeredConfig layered_config_;
  std::unique_ptr<MetadataLog> metadata_log_;
  std::unique_ptr<Controller> controller_;
  std::unique_ptr<LogCleaner> cleaner_;
  ProducerIds producer_ids_{*this};
  StreamsTopics streams_topics_{*this};
  std::function<void(const Error&)> on_failure_;
  std::function<void(const config::BrokerConfig&)> config_changed_;
  std::int64_t broker_epoch_ = -1;
  std::int64_t applied_offset_ = -1;  ///< behind the last record that every shard has applied
  WaitList applied_changes_;
  WaitList heartbeat_due_;
  std::vector<bool> told_cordoned_;  ///< of each log directory, in the last heartbeat
  OffsetCheckpoints checkpoints_;
  std::deque<std::shared_ptr<Change>> held_back_;  ///< not handed out yet
  std::set<log::PartitionName> leaving_;           ///< replicas whose folders may not be out of the way yet
  bool has_found_replicas_ = false;
  WaitList checkpoints_due_;
  bool is_checkpoint_due_ = false;
  bool announced_ = false;  ///< clients are let in
  bool fenced_ = true;      ///< as the last heartbeat said
  bool stopping_ = false;
  bool failed_ = false;
};

}  // namespace moldau::runtime
