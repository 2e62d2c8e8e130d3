#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "config/broker_config.h"
#include "metadata/image.h"
#include "observe/node_report.h"
#include "protocol/records/codec.h"
#include "runtime/cluster_view.h"
#include "runtime/layered_config.h"
#include "runtime/log_compaction.h"
#include "runtime/log_dirs.h"
#include "runtime/partition.h"
#include "runtime/replica_dirs.h"
#include "runtime/replica_move.h"
#include "runtime/shard.h"
#include "runtime/shards.h"

namespace moldau::runtime {

/// The replicas that one shard owns, kept in step with the committed metadata.
class PartitionTable {
 public:
  using Key = std::pair<Uuid, std::int32_t>;

  /// All of it outlives the table. `on_failure` is told of the log directory whose disk fails, and answers by
  /// take_offline() if the node can do without it.
  struct Surroundings {
    Shard* shard = nullptr;
    const Shards* shards = nullptr;
    std::span<LogDir> log_dirs;
    const config::BrokerConfig* config = nullptr;
    BrokerId node_id{-1};
    std::function<void(std::size_t log_dir, const Error&)> on_failure;
    /// Has the controller take down in which directory a replica is; false if it does not.
    std::function<Task<bool>(Key, std::size_t log_dir)> assign_dir;
    /// A replica has moved to that directory, or has stayed there though the controller may have been told
    /// of another one.
    std::function<void(Key, std::size_t log_dir, bool has_moved)> on_move_ended;
  };

  explicit PartitionTable(Surroundings surroundings);

  /// The partition, if this shard leads it: NOT_LEADER_OR_FOLLOWER otherwise, and KAFKA_STORAGE_ERROR if its
  /// log directory is offline. The caller holds it across awaits.
  Result<std::shared_ptr<Partition>> find(const Uuid& topic_id, std::int32_t partition) const;

  /// `transaction.partition.verification.enable`: clients that do not ask the transaction coordinator before
  /// they produce have it asked for them.
  bool verifies_transactions() const { return verifies_transactions_; }

  /// Makes, leads, reconfigures and removes replicas as `delta` says of those this shard owns; those that are
  /// not held are where `places` says. Logs that are on disk are opened, and recovered where the last stop
  /// was no clean one, in the recovery lanes of their directories; the shard goes on meanwhile. One call at
  /// a time.
  Task<Result<void>> apply(ClusterViewPtr view, std::shared_ptr<const metadata::ImageDelta> delta,
                           std::shared_ptr<const ReplicaPlaces> places);

  /// The directory is of no use any more: everyone who waits for its replicas is answered, their files are
  /// let go.
  void take_offline(std::size_t log_dir);
  bool is_offline(std::size_t log_dir) const { return offline_dirs_[log_dir]; }

  /// Begins to move a replica to another directory, which is online; a move to a third one ends. NONE also if
  /// it is there or on its way; REPLICA_NOT_AVAILABLE if there is no such replica here; KAFKA_STORAGE_ERROR
  /// if it is offline, or has to move while a directory is.
  ErrorCode move(Key key, std::size_t log_dir);
  /// The node stops: what is on its way goes on at the next start. Returns when nothing is moved any more.
  Task<void> end_moves();

  /// The offsets for the checkpoints of one log directory.
  struct Checkpoints {
    log::PartitionOffsets recovery_points;
    log::PartitionOffsets log_starts;
    log::PartitionOffsets high_watermarks;
    log::PartitionOffsets compacted;

    bool operator==(const Checkpoints&) const = default;
    void merge(Checkpoints more);
    bool mention(const log::PartitionName& name) const;
    void forget(const log::PartitionName& name);
  };

  /// Ends in order: everyone who waits is answered, logs are closed with everything on disk.
  void retire_all();
  /// For each log directory its checkpoints, or why not all its logs could be closed. For one that is offline
  /// there are none.
  std::vector<Result<Checkpoints>> close();

  /// As close() gives them, of the logs as they are now.
  std::vector<Checkpoints> checkpoints();
  /// What checkpoints() gave last is durable: segments below the starts of logs may go.
  void checkpoints_written();

  /// What one replica, or the copy of one that moves, takes of its log directory.
  struct LogSize {
    log::PartitionName name;
    std::size_t log_dir = 0;
    std::int64_t size_bytes = 0;
    std::int64_t offset_lag = 0;  ///< how far the end is behind the high watermark, a copy's behind the log's
    bool is_copy = false;
  };
  std::vector<LogSize> log_sizes() const;

  /// Logs that were on disk when their replica was taken up, for each log directory.
  struct Loading {
    std::size_t logs = 0;
    std::size_t opened = 0;
  };
  const std::vector<Loading>& loading() const { return loading_; }

  /// Its replicas as `view` and their logs have them, and what was counted; no requests.
  observe::ShardReport report(const ClusterView& view) const;

  /// Partition::apply_retention() of all, or of those that are compacted, too.
  void apply_retention();
  void apply_retention_to_compacted();

  /// A log that is to be compacted.
  struct Dirty {
    Key key;
    double ratio = 0;
  };
  /// The one that wants it the most, of those at which nobody is.
  std::optional<Dirty> dirtiest();
  /// LogCompaction::run() of that log; false if the log is gone.
  Task<bool> compact(Key key, std::shared_ptr<CleanerDesk> desk);

  /// Forgets the producers that have not written for `producer.id.expiration.ms`.
  void remove_expired_producers();

 private:
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept {
      return std::hash<Uuid>{}(key.first) + static_cast<std::size_t>(key.second);
    }
  };

  struct Held {
    std::shared_ptr<Partition> partition;
    std::size_t log_dir;
    std::shared_ptr<LogCompaction> compaction;
    std::int64_t noted_log_start = 0;  ///< in the last checkpoints()
    std::shared_ptr<ReplicaMove> move = nullptr;

    /// Where a start would find the replica.
    std::size_t folder_dir() const { return move && move->is_switching() ? move->source() : log_dir; }
  };

  /// A log to be opened or made, and what comes of it.
  struct Opening {
    Key key;
    log::PartitionName name;
    const metadata::Partition* state = nullptr;  ///< in the view applied
    std::size_t log_dir = 0;
    bool is_there = false;
    std::int64_t checkpointed_high_watermark = 0;
    std::optional<std::int64_t> compacted_up_to = {};
    std::optional<UnfinishedCopy> copy = {};
    config::TopicConfig config;
    log::OpenOptions options;
    Result<std::unique_ptr<log::PartitionLog>> log;
  };

  bool owns(const Uuid& topic_id, std::int32_t partition) const;
  /// Calls visit(place) for each replica of the topic, which may take it out of held_.
  template <class Visit>
  void for_each_held(const metadata::Topic& topic, Visit&& visit);
  void remove_topics(const metadata::ImageDelta& delta);
  /// Takes what changed of a replica that is held over, or adds an opening for one that is not.
  void follow(const ClusterView& view, const metadata::Topic& topic, std::int32_t partition_id,
              const ReplicaPlaces& places, std::vector<Opening>& openings);
  void lead_anew(const ClusterView& view, Held& held, const metadata::Partition& state);
  Result<Opening> plan_opening(const ClusterView& view, const metadata::Topic& topic,
                               std::int32_t partition_id, const metadata::Partition& state,
                               const ReplicaPlace& place);
  Task<Result<void>> open_all(std::vector<Opening>& openings);
  Task<void> open(Opening& opening, io::LaneId lane);
  Result<void> hold(Opening& opening);
  /// The replica cannot be served for a failure of its disk, of which the node is told.
  void give_up(const Key& key, std::size_t log_dir, const Error& error);
  void start_move(const Key& key, Held& held, UnfinishedCopy copy);
  /// `previous` is a move of the same replica that is ending.
  Task<void> run_move(Key key, std::shared_ptr<ReplicaMove> previous, std::shared_ptr<ReplicaMove> move);
  /// `replica.alter.log.dirs.io.max.bytes.per.second`.
  std::int64_t move_rate(const ClusterView& view) const;
  void change_configs(const ClusterView& view, const metadata::ImageDelta& delta);
  /// Notes in the log that the leader's epoch begins at its end, if this node leads; a leader that has
  /// appended nothing yet knows its epoch, too.
  Result<void> begin_epoch(const metadata::Partition& state, log::PartitionLog& log) const;
  void change_config(const ClusterView& view, Held& held) const;
  /// What a topic sets, over what is set for this broker and for all, over the broker's own file.
  config::TopicConfig topic_config(const ClusterView& view, const std::string& topic) const;
  /// What is set for this broker and for all, over its own file; good until the next call.
  const config::BrokerConfig& broker_config(const ClusterView& view) const;
  log::LogConfig log_config(const config::TopicConfig& config, std::int64_t producer_id_expiration_ms) const;
  /// Removes a folder that was moved aside when `file.delete.delay.ms` is over; readers may still hold
  /// slices.
  Task<void> remove_later(std::size_t log_dir, std::string folder, std::int64_t delay_ms);
  std::int64_t draw_jitter(std::int64_t most_ms) const;
  void remove(const metadata::Topic& topic);
  /// It is not held any more; its folder goes later.
  void remove(const Held& held);

  Surroundings surroundings_;
  mutable LayeredConfig layered_;  ///< a memory of the last answer
  records::DecoderSet decoders_;
  std::unordered_map<Key, Held, KeyHash> held_;
  std::vector<Loading> loading_;
  observe::TopicCounters departed_;  ///< of replicas that are gone
  std::int64_t move_bytes_per_second_ = std::numeric_limits<std::int64_t>::max();
  bool verifies_transactions_ = true;
  std::set<Key> offline_;  ///< replicas in, or perhaps in, directories that are offline
  std::vector<bool> offline_dirs_;
};

}  // namespace moldau::runtime
