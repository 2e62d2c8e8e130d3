#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/uuid.h"
#include "config/topic_config.h"
#include "io/file.h"
#include "io/loop.h"
#include "log/partition_log.h"
#include "log/partition_name.h"
#include "log/transaction_verification.h"
#include "observe/topic_counters.h"
#include "protocol/records/codec.h"
#include "protocol/records/validate.h"
#include "replica/leader_state.h"
#include "runtime/shard.h"
#include "runtime/task.h"
#include "runtime/waiter.h"

namespace moldau::runtime {

/// Whether the transaction coordinator knows of the transaction that a batch belongs to (KIP-890).
struct Verification {
  /// The batch goes on with a transaction that is open here, or brings a guard that still holds; else it is
  /// INVALID_TXN_STATE.
  bool is_required = true;
  /// Of begin_verification(), once the coordinator has said yes.
  std::optional<log::VerificationGuard> guard = {};
};

/// What a Produce request says about the batch for one partition.
struct ProduceCall {
  bool wants_all_in_sync = false;  ///< acks -1
  Instant deadline;                ///< for that
  Verification verification = {};  ///< of a transactional batch
};

/// The answer for one partition of a Produce request.
struct ProduceOutcome {
  ErrorCode error = ErrorCode::kNone;
  std::int64_t base_offset = -1;
  TimestampMs log_append_time_ms = -1;
  std::int64_t log_start_offset = -1;
  std::vector<records::RecordError> record_errors;
  std::optional<std::string> message;  ///< only where Kafka sends one
};

/// What a Fetch request asks of one partition.
struct ReadCall {
  std::int64_t offset = 0;
  std::size_t max_bytes = 0;
  bool at_least_one_batch = false;  ///< even if it is larger than max_bytes
  bool read_committed = false;
  std::int32_t current_leader_epoch = -1;
  std::int32_t last_fetched_epoch = -1;  ///< of the record before `offset`; -1 skips the check (KIP-595)
  bool is_again = false;                 ///< for a request that was counted at an earlier read
};

struct ReadOutcome {
  ErrorCode error = ErrorCode::kNone;
  /// The reader's log parts from this one: the newest epoch they may share, and where it ends.
  std::optional<log::EpochEntry> diverging;
  std::int64_t high_watermark = -1;
  std::int64_t last_stable_offset = -1;
  std::int64_t log_start_offset = -1;
  std::optional<io::FileSlice> records;  ///< nullopt when there is nothing to read
  /// Transactions with records among these that were aborted, for readers of what is committed. nullopt for
  /// others, and where what is there is not for them: a batch larger than they want, or another log's.
  std::optional<std::vector<log::AbortedTransaction>> aborted;
};

/// Timestamps of ListOffsets that stand for a place in the log.
inline constexpr TimestampMs kLatestTimestamp = -1;
inline constexpr TimestampMs kEarliestTimestamp = -2;
inline constexpr TimestampMs kMaxTimestamp = -3;
inline constexpr TimestampMs kEarliestLocalTimestamp = -4;
inline constexpr TimestampMs kLatestTieredTimestamp = -5;
inline constexpr TimestampMs kEarliestPendingUploadTimestamp = -6;

/// A timestamp and where it is found, as ListOffsets answers it.
struct OffsetOutcome {
  ErrorCode error = ErrorCode::kNone;
  TimestampMs timestamp_ms = -1;
  std::int64_t offset = -1;
  std::int32_t leader_epoch = -1;
};

/// The answer of DeleteRecords.
struct DeleteOutcome {
  ErrorCode error = ErrorCode::kNone;
  std::int64_t low_watermark = -1;  ///< where all replicas begin
};

/// In place of an offset of DeleteRecords: the high watermark.
inline constexpr std::int64_t kHighWatermarkOffset = -1;

/// One replica of this node: its log, the rules of its leader, and those who wait for it. Belongs to one
/// shard. Held by shared_ptr, so that a request under way outlasts the deletion of its topic.
class Partition : public std::enable_shared_from_this<Partition> {
 public:
  struct Identity {
    log::PartitionName name;
    Uuid topic_id;
  };

  /// What a partition shares with the others of its shard and log directory; all of it outlives them.
  struct Surroundings {
    Shard* shard = nullptr;
    records::DecoderSet* decoders = nullptr;
    io::LaneId sync_lane;
    std::size_t log_dir = 0;
    /// Told when the disk of a log directory fails.
    const std::function<void(std::size_t log_dir, const Error&)>* on_failure = nullptr;
  };

  Partition(const Surroundings& surroundings, Identity identity, std::unique_ptr<log::PartitionLog> log,
            replica::LeaderState leader, const config::TopicConfig& config);

  const Identity& identity() const { return identity_; }
  std::int32_t leader_epoch() const { return leader_.leader_epoch(); }
  std::int64_t high_watermark() const { return leader_.high_watermark(); }
  /// Where the log ends for the high watermark, which never goes back.
  std::int64_t local_end() const { return std::max(log_->settled_end_offset(), high_watermark()); }
  log::PartitionLog& log() { return *log_; }
  const log::PartitionLog& log() const { return *log_; }
  const config::TopicConfig& config() const { return config_; }
  const observe::TopicCounters& counters() const { return counters_; }
  /// As the folder is named: "orders-3".
  const std::string& display_name() const { return display_name_; }
  Shard& shard() const { return *surroundings_.shard; }

  /// Checks one produced batch, which records::sole_batch() has found, and appends it; gives the answer when
  /// it is as durable and as replicated as the call and the topic want. `records` is written to: offsets,
  /// leader epoch, timestamps.
  Task<ProduceOutcome> produce(MutableBytes records, ProduceCall call);

  /// Before a transactional batch is produced: the guard with which the transaction coordinator is to be
  /// asked, or nullopt if the transaction is open here and nobody need ask. INVALID_PRODUCER_EPOCH below the
  /// last known epoch.
  Result<std::optional<log::VerificationGuard>> begin_verification(const log::TransactionalBatch& batch);
  /// Forgets producers, and questions to the transaction coordinator, that are `producer.id.expiration.ms`
  /// old.
  void remove_expired_producers();

  /// Appends a batch that this node made itself, such as a coordinator's, and gives the offset behind it. It
  /// counts when committed() says so.
  Result<std::int64_t> append_own(MutableBytes batch, const Verification& verification = {});
  /// The same for the marker that ends a transaction. The errors of build_transaction_marker() and of
  /// ProducerState::check().
  Result<std::int64_t> append_marker(const log::TransactionMarker& marker);
  /// append_marker() for a coordinator elsewhere: returns when the marker is as durable and as replicated as
  /// a produced batch with acks -1. NOT_ENOUGH_REPLICAS, REQUEST_TIMED_OUT.
  Task<ErrorCode> end_transaction(log::TransactionMarker marker, Instant deadline);

  /// Waits until everything below `end` is as durable and as replicated as the topic demands.
  Task<Result<void>> committed(std::int64_t end);

  ReadOutcome read(const ReadCall& call);
  /// What a reader was given of it.
  void count_bytes_out(std::uint64_t bytes) { counters_.bytes_out += bytes; }
  OffsetOutcome offset_for(TimestampMs timestamp_ms, std::int32_t current_leader_epoch, bool read_committed);
  /// The largest epoch at or below `leader_epoch` and the offset behind it (OffsetForLeaderEpoch).
  OffsetOutcome end_of_epoch(std::int32_t leader_epoch, std::int32_t current_leader_epoch);

  /// Has the log begin at `offset`. POLICY_VIOLATION where records are compacted and never deleted;
  /// OFFSET_OUT_OF_RANGE above the high watermark and for negative offsets but kHighWatermarkOffset.
  DeleteOutcome delete_records_before(std::int64_t offset);

  /// Raises the start of the log to what `retention.bytes` and `retention.ms` leave, if the topic's
  /// `cleanup.policy` has `delete`.
  void apply_retention();
  /// A log start of `offset` is durable: frees the disk of the segments below.
  void log_start_checkpointed(std::int64_t offset);

  /// Tells the node of a failure that who works on the log has met, if it is one of the disk.
  void tell_if_disk(const Error& error) const {
    if (error.code == ErrorCode::kKafkaStorageError) tell_failure(error);
  }

  /// Woken when the high watermark moves, leadership changes or the partition goes away.
  WaitList& progress() { return progress_; }

  /// The metadata log gave this replica a new epoch, in which it leads.
  void lead(replica::LeaderState leader);
  /// The same for an epoch in which it does not: whoever asks or waits is told so.
  void resign(replica::LeaderState state);
  /// `log_config` is what the log runs by under `config`.
  void change_config(const config::TopicConfig& config, const log::LogConfig& log_config);
  /// The topic is gone or the node stops: everyone who waits is answered, nothing is served any more.
  void retire();
  bool is_retired() const { return retired_; }
  /// retire() for a log directory that is offline: KAFKA_STORAGE_ERROR is the answer.
  void go_offline();
  /// The log's disk has failed: the log is offline, and the node is told.
  void disk_failed(const Error& error);

  /// The replica moves to another log directory: appends go to `log` from now on, which has all that the log
  /// has. Nothing is acknowledged until switched() says that a start finds `log`.
  void switch_log(std::unique_ptr<log::PartitionLog> log, io::LaneId sync_lane, std::size_t log_dir);
  void switched();
  /// Waits until all that is appended now is on disk.
  Task<Result<void>> sync_all() { return synced_to(log_->log_end_offset()); }

 private:
  records::ProduceRules rules() const;
  /// Validates and, where the topic wants another codec, rebuilds. The batch to append, or the answer in
  /// `outcome`. `rebuilt` owns the batch where it was rebuilt.
  std::optional<MutableBytes> prepare(MutableBytes records, Buffer& rebuilt, ProduceOutcome& outcome);
  /// The part of produce() that does not wait: gives the offset behind the batch, or nullopt with the answer
  /// in `outcome`.
  std::optional<std::int64_t> append_produced(MutableBytes records, const ProduceCall& call,
                                              ProduceOutcome& outcome);
  log::ProducerRules rules_for(ByteView batch, log::AppendOrigin origin,
                               const Verification& verification) const;
  /// Judges and appends a batch, and takes note of it.
  Result<log::AppendInfo> append(MutableBytes bytes, const log::ProducerRules& rules);
  Result<std::int64_t> append_by_coordinator(MutableBytes batch, const log::ProducerRules& rules);
  ReadOutcome read_log(const ReadCall& call);
  /// The log refused a batch. As Apache Kafka does, the answer says where the log starts, but for batches
  /// that are too large or corrupt.
  void fail_append(ErrorCode error, ProduceOutcome& outcome) const;
  /// Waits until everything below `offset` is on disk, if the topic wants that, where a start finds it.
  Task<Result<void>> made_durable(std::int64_t offset);
  Task<ErrorCode> replicated(std::int64_t offset, Instant deadline);
  /// Waits until a sync that covers everything below `offset` is done, beginning one where none is under way.
  Task<Result<void>> synced_to(std::int64_t offset);
  /// Sees to it that what stands in the log now is on disk when `flush.ms` is over.
  void plan_flush();
  Task<void> flush_in_time();
  void start_sync();
  void sync_done(const std::shared_ptr<log::PartitionLog>& log, std::size_t log_dir,
                 const Result<std::int64_t>& outcome);
  void tell_failure(const Error& error) const { (*surroundings_.on_failure)(surroundings_.log_dir, error); }
  void local_end_moved();
  bool serves() const { return is_leader_ && !retired_; }
  Result<void> check_serving(std::int32_t current_leader_epoch) const;
  /// What those are told who come while it does not serve.
  ErrorCode gone() const;

  Surroundings surroundings_;
  Identity identity_;
  std::string display_name_;
  std::shared_ptr<log::PartitionLog> log_;
  replica::LeaderState leader_;
  config::TopicConfig config_;
  observe::TopicCounters counters_;
  log::TransactionVerification verifications_;
  WaitList progress_;
  WaitList synced_;
  bool sync_under_way_ = false;
  bool flush_is_planned_ = false;
  bool is_leader_ = true;
  bool retired_ = false;
  bool is_offline_ = false;
  bool is_switching_ = false;
};

}  // namespace moldau::runtime
