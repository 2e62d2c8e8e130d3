#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error_code.h"
#include "base/result.h"
#include "base/time.h"
#include "base/uuid.h"
#include "coordinator/effects.h"
#include "coordinator/share/share_records.h"
#include "coordinator/timeline_map.h"
#include "protocol/messages/delete_share_group_state_response.h"
#include "protocol/messages/initialize_share_group_state_request.h"
#include "protocol/messages/initialize_share_group_state_response.h"
#include "protocol/messages/read_share_group_state_response.h"
#include "protocol/messages/read_share_group_state_summary_response.h"
#include "protocol/messages/write_share_group_state_request.h"
#include "protocol/messages/write_share_group_state_response.h"

namespace moldau::coordinator {

/// Broker settings of the share coordinator (kafka-facts, "Share groups").
struct ShareCoordinatorConfig {
  std::int32_t updates_per_snapshot = 500;  ///< share.coordinator.snapshot.update.records.per.snapshot
  std::int32_t cold_partition_snapshot_interval_ms = 300'000;
};

/// When a decision about a share partition is made, and where its record will lie.
struct ShareMoment {
  TimestampMs wall_ms = 0;
  std::int64_t next_offset = 0;    ///< of the next record
  bool is_partition_known = true;  ///< the cluster has the topic, with that partition
};

/// What a decision about one share partition comes to.
template <class Result>
struct ShareDecision {
  /// The answer; given when all that was appended so far, the record among it, is committed. Its texts are
  /// static.
  Result result;
  /// To append. The decision has taken it already, so it is not replayed.
  std::optional<Record> record = {};
};

/// The share coordinator of one partition of __share_group_state (KIP-932; Apache Kafka 4.3.1's behaviour):
/// the durable state of share partitions. A value machine: what it is asked gives a record and an answer, and
/// its state is what the records say.
///
/// The caller, per partition it leads:
/// 1. replays the log in order by replay(), then calls seal() and committed_up_to(); answers
///    COORDINATOR_LOAD_IN_PROGRESS until then;
/// 2. for each request: calls the decision and appends its record: seal(the end behind it);
/// 3. after a failed append: revert(log end);
/// 4. when the high watermark passes an append: committed_up_to(its log end), then answers.
class ShareCoordinator {
 public:
  using InitializeResult = protocol::InitializeShareGroupStateResponse::PartitionResult;
  using ReadResult = protocol::ReadShareGroupStateResponse::PartitionResult;
  using WriteResult = protocol::WriteShareGroupStateResponse::PartitionResult;
  using DeleteResult = protocol::DeleteShareGroupStateResponse::PartitionResult;
  using SummaryResult = protocol::ReadShareGroupStateSummaryResponse::PartitionResult;

  explicit ShareCoordinator(ShareCoordinatorConfig config) : config_(config) {}

  /// InitializeShareGroupState: begins anew from a start offset, whatever was there. FENCED_STATE_EPOCH below
  /// the largest state epoch.
  ShareDecision<InitializeResult> initialize(
      const ShareMoment& at, const SharePartitionKey& key,
      const protocol::InitializeShareGroupStateRequest::PartitionData& request);
  /// WriteShareGroupState. INVALID_REQUEST before initialize() and for batches that cannot be combined;
  /// FENCED_LEADER_EPOCH, FENCED_STATE_EPOCH below the largest; an epoch of -1 is not compared.
  ShareDecision<WriteResult> write(const ShareMoment& at, const SharePartitionKey& key,
                                   const protocol::WriteShareGroupStateRequest::PartitionData& request);
  /// ReadShareGroupState by the share partition's leader, whose epoch fences those before it.
  ShareDecision<ReadResult> read(const ShareMoment& at, const SharePartitionKey& key,
                                 std::int32_t leader_epoch);
  /// ReadShareGroupStateSummary: what is not initialized has no start offset.
  ShareDecision<SummaryResult> summary(const ShareMoment& at, const SharePartitionKey& key) const;
  /// DeleteShareGroupState; what is not there is deleted.
  ShareDecision<DeleteResult> remove(const ShareMoment& at, const SharePartitionKey& key);

  /// Share partitions whose last snapshot is old, unless all of them have been quiet since theirs. A snapshot
  /// lets the log before it be deleted.
  std::vector<SharePartitionKey> cold(TimestampMs wall_ms) const;
  /// A snapshot of one of these; nullopt where it is gone.
  std::optional<Record> snapshot(const ShareMoment& at, const SharePartitionKey& key);
  /// Share partitions of those topics.
  std::vector<SharePartitionKey> of_topics(const std::set<Uuid>& topics) const;
  /// The tombstone of one; nullopt where it is gone.
  std::optional<Record> forget(const ShareMoment& at, const SharePartitionKey& key);

  /// The offset up to which the committed log says nothing that later records do not; nullopt for none.
  std::optional<std::int64_t> redundant_before() const;

  /// One record of the log. CORRUPT_MESSAGE when it cannot be read: the partition cannot be served.
  Result<void> replay(std::int64_t offset, ByteView key, std::optional<ByteView> value);

  /// What has changed since the last call is written up to `log_end`, or will be.
  void seal(LogEnd log_end) { partitions_.seal(log_end); }
  /// What was to be written behind `log_end` is not.
  void revert(LogEnd log_end) { partitions_.revert(log_end); }
  void committed_up_to(LogEnd log_end);

  /// The share partition's newest state; null where there is none. Good until the next change.
  const SharePartitionState* find(const SharePartitionKey& key) const;

 private:
  static constexpr std::int32_t kNoEpoch = std::numeric_limits<std::int32_t>::min();

  struct Entry {
    SharePartitionState state;
    std::int32_t largest_leader_epoch = kNoEpoch;
    std::int32_t largest_state_epoch = kNoEpoch;
    std::int32_t updates = 0;           ///< since a snapshot that they brought about
    std::int64_t snapshot_offset = -1;  ///< of the last snapshot; -1 where the log has none
  };

  /// The epoch of the next snapshot; goes round as in Java.
  static std::int32_t next_snapshot_epoch(const SharePartitionState& state) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(state.snapshot_epoch) + 1);
  }
  static bool is_fenced(std::int32_t epoch, std::int32_t largest) { return epoch != -1 && epoch < largest; }

  /// What is compared with the state before a decision; an epoch of -1 is not.
  struct Asked {
    std::string_view if_uninitialized = {};  ///< the refusal then; empty: it may be
    std::int32_t leader_epoch = -1;
    std::int32_t state_epoch = -1;
  };
  struct Refusal {
    ErrorCode error;
    std::string_view message;
  };
  std::optional<Refusal> refusal_of(const ShareMoment& at, const SharePartitionKey& key,
                                    const Asked& asked) const;

  /// The change of what is initialized, as a snapshot if there have been many updates, else as an update.
  Result<ShareRecord> record_of(const ShareMoment& at, const SharePartitionKey& key,
                                ShareUpdate update) const;
  /// Takes that record.
  Result<Record> change(const ShareMoment& at, const SharePartitionKey& key, ShareUpdate update);
  /// Replays a record that is to be appended, and gives its bytes.
  Result<Record> take(const ShareMoment& at, const ShareRecord& record);
  Result<void> apply(std::int64_t offset, const ShareRecord& record);
  void apply_snapshot(std::int64_t offset, const SharePartitionKey& key, SharePartitionState state);
  Result<void> apply_update(const SharePartitionKey& key, const ShareUpdate& update);

  ShareCoordinatorConfig config_;
  TimelineMap<SharePartitionKey, Entry> partitions_;
  std::int64_t last_tombstone_offset_ = -1;
  LogEnd committed_ = 0;
};

}  // namespace moldau::coordinator
