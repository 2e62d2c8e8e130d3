#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.h"
#include "io/file.h"
#include "metadata/activation.h"
#include "metadata/broker_sessions.h"
#include "metadata/decision.h"
#include "metadata/image_loader.h"
#include "quorum/quorum.h"
#include "runtime/cluster_view.h"
#include "runtime/metadata_log.h"
#include "runtime/shard.h"
#include "runtime/task.h"
#include "runtime/waiter.h"

namespace moldau::runtime {

/// The controller and the quorum of this node: joins the pure cores to the metadata log. Decisions are made
/// on the working image, appended, and answered when their records are committed. Lives on shard 0.
class Controller {
 public:
  struct Settings {
    metadata::ControllerSettings decisions;
    quorum::LocalReplica replica;
    metadata::BootstrapMetadata bootstrap;
    Duration session_timeout{};
    Duration max_idle{};  ///< `metadata.max.idle.interval.ms`; zero: no NoOp records
    /// `metadata.log.max.record.bytes.between.snapshots`
    std::uint64_t max_bytes_between_snapshots = std::numeric_limits<std::uint64_t>::max();
    Duration max_snapshot_interval{};  ///< `metadata.log.max.snapshot.interval.ms`; zero: no limit
  };

  /// Told of each committed state, in order, on shard 0.
  using OnCommitted = std::function<void(ClusterViewPtr view, const metadata::ImageDelta& delta)>;

  /// `shard`, `rules` and `log` outlive the controller. `loaded` is what the log said.
  Controller(Shard& shard, Settings settings, const metadata::ConfigRules& rules, MetadataLog& log,
             MetadataLog::Content loaded);
  ~Controller();

  /// Begins: elects this node and takes over as the active controller. The error is that of the disk.
  /// `on_failure` is told when the node cannot go on later.
  Result<void> start(OnCommitted on_committed, std::function<void(const Error&)> on_failure);

  /// Ends leadership in an orderly way: nothing is decided any more.
  void stop();

  bool is_active() const { return active_epoch_.has_value(); }
  const quorum::Quorum& quorum() const { return quorum_; }
  /// Offset behind the last committed record; -1 until known.
  std::int64_t high_watermark() const { return quorum_.high_watermark().value_or(-1); }

  /// Decides on the working image, and gives the decision's response when its records, and all before them,
  /// are committed. NOT_CONTROLLER when this node is not, or ceases to be, the active controller.
  template <class Response>
  Task<Result<Response>> decide(
      std::move_only_function<Result<metadata::Decision<Response>>(const metadata::DecisionContext&)>
          decision);

  /// The newest records put the broker into controlled shutdown: it may go when everybody has read them.
  void begin_controlled_shutdown(BrokerId broker_id) {
    sessions_.begin_controlled_shutdown(broker_id, quorum_.next_offset() - 1);
  }

  /// What another node asks of the metadata log.
  struct LogFetch {
    quorum::ReplicaFetch replica;
    std::int32_t max_bytes = 0;
    std::int64_t known_high_watermark = 0;  ///< a higher one is news
  };

  /// What it is told; at most one of the three last.
  struct LogFetched {
    ErrorCode error = ErrorCode::kNone;
    std::optional<BrokerId> leader;
    std::int32_t leader_epoch = 0;
    std::vector<quorum::VoterEndpoint> leader_endpoints;
    std::int64_t high_watermark = -1;  ///< -1: not known, or an error
    std::int64_t log_start_offset = 0;
    std::optional<quorum::EpochEnd> diverging;
    std::optional<quorum::SnapshotId> snapshot;
    std::optional<io::FileSlice> records;
  };

  /// Serves another node's fetch, and notes how far it is. The errors are those of Quorum::judge, and
  /// UNKNOWN_SERVER_ERROR if the log cannot be read as it is asked to.
  Task<LogFetched> fetch(LogFetch wanted);

  /// The quorum as its leader sees it (Quorum::describe).
  Result<quorum::QuorumStatus> describe_quorum() { return quorum_.describe(shard_.wall_ms()); }

  /// Waits until this node is the active controller.
  Task<void> activated();

  /// Waits until everything below `offset` is committed. NOT_CONTROLLER as above.
  Task<Result<void>> committed(std::int64_t offset);

 private:
  /// A state on its way to being committed.
  struct Pending {
    std::int64_t end_offset;
    ClusterViewPtr view;
    metadata::ImageDelta delta;
    std::uint64_t size_bytes;  ///< of the log behind the state before
  };

  metadata::DecisionContext context();
  LogFetched fetch_now(const LogFetch& wanted);
  Result<void> read_for(const LogFetch& wanted, LogFetched& answer);
  Result<void> carry_out(quorum::Effects effects);
  /// The same; a failure ends the node.
  Result<void> carry_out_or_end(quorum::Effects effects);
  Result<void> append(const quorum::LogBatch& batch);
  Result<std::int64_t> append_records(std::vector<Bytes> records, bool is_atomic);
  Result<void> upgrade_kraft_version(std::int16_t version);
  void note_pending();
  void schedule_drain();
  void drain();
  void start_sync();
  void synced(const Result<std::int64_t>& end_offset);
  void publish_up_to(std::int64_t offset);
  /// Begins a snapshot of a committed state when enough was written since the last one.
  void snapshot_if_due(const ClusterViewPtr& view, std::uint64_t size_bytes);
  void snapshot_written(Result<void> outcome);
  void clean_log();
  Result<void> activate(std::int32_t epoch);
  void on_idle();
  void fence_stale_brokers();
  void fail_node(const Error& error);

  /// Deadlines of the controller's own.
  class Tick final : public TimerWheel::Entry {
   public:
    explicit Tick(std::function<void()> task) : task_(std::move(task)) {}

   private:
    void fired() override { task_(); }
    std::function<void()> task_;
  };

  Shard& shard_;
  Settings settings_;
  const metadata::ConfigRules& rules_;
  MetadataLog& log_;
  quorum::Quorum quorum_;
  metadata::ImageLoader loader_;
  metadata::BrokerSessions sessions_;
  metadata::RandomBits random_;
  quorum::Start start_event_;
  OnCommitted on_committed_;
  std::function<void(const Error&)> on_failure_;
  std::optional<std::int32_t> active_epoch_;
  std::deque<Pending> pending_;
  WaitList commits_;
  WaitList activations_;
  WaitList fetches_;  ///< of other nodes, that wait for news
  bool drain_posted_ = false;
  bool sync_under_way_ = false;
  bool failed_ = false;
  std::uint64_t unnoted_bytes_ = 0;  ///< appended since the last pending state
  std::uint64_t bytes_since_snapshot_ = 0;
  Instant last_snapshot_;
  bool snapshot_under_way_ = false;
  Tick cleaning_;
  Tick idle_;
  Tick fencing_;
};

template <class Response>
Task<Result<Response>> Controller::decide(
    std::move_only_function<Result<metadata::Decision<Response>>(const metadata::DecisionContext&)>
        decision) {
  if (!active_epoch_) co_return fail(ErrorCode::kNotController, "this node is not the active controller");
  auto decided = decision(context());
  if (decided && decided->kraft_version) {
    const auto upgraded = upgrade_kraft_version(*decided->kraft_version);
    if (!upgraded) co_return fail(upgraded.error());
  }
  if (decided && !decided->records.empty()) {
    const auto appended = append_records(std::move(decided->records), decided->is_atomic);
    if (!appended) co_return fail(appended.error());
  }
  // A decision without records may rest on records that are not committed yet.
  const auto outcome = co_await committed(quorum_.next_offset());
  if (!outcome) co_return fail(outcome.error());
  if (!decided) co_return fail(std::move(decided).error());
  co_return std::move(decided->response);
}

}  // namespace moldau::runtime
