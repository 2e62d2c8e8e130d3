#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "quorum/batch_accumulator.h"
#include "quorum/election_state.h"
#include "quorum/observers.h"
#include "quorum/replica_fetch.h"
#include "quorum/voter_set.h"

namespace moldau::quorum {

/// What this replica is, fixed for a run of the node.
struct LocalReplica {
  ReplicaKey key;
  /// Controller listeners as they are advertised; compared with the voter set when this replica leads.
  std::vector<VoterEndpoint> endpoints;
  KraftVersionRange kraft_versions;
};

/// First event of a run: what disk says.
struct Start {
  std::optional<ElectionState> persisted;  ///< Content of quorum-state; nullopt if there is no such file.
  std::int64_t log_end_offset = 0;  ///< Of the recovered log, or of the snapshot if that reaches further.
  std::int32_t last_epoch = 0;      ///< Epoch of the last batch or of that snapshot; 0 if neither.
  VoterSet voters;                  ///< Newest set of the log or a snapshot; else the configured one.
  std::int16_t kraft_version = 0;   ///< Newest KRaftVersionRecord; 0 if there is none.
  /// True if `voters` stand in the log or in a snapshot other than the one written by formatting.
  bool voters_in_log = false;
};

/// Records that the controller decided on, already framed (docs/formats/metadata-records.md). Refused with
/// NOT_CONTROLLER unless this replica leads `epoch`.
struct AppendRecords {
  std::int32_t epoch = 0;
  std::vector<Bytes> records;
  bool atomic = true;  ///< All in one batch; see BatchAccumulator::append.
};

/// The quorum is to run at a higher level of kraft.version: its voters move from the configuration into the
/// log (KIP-853). `appended` is as for AppendRecords; besides, INVALID_UPDATE_VERSION if a voter cannot.
struct UpgradeKraftVersion {
  std::int32_t epoch = 0;
  std::int16_t version = 1;
};

/// The appended records have waited long enough (`controller.quorum.append.linger.ms`): write them.
struct Drain {};

/// Everything below `offset` has reached the disk.
struct LogSynced {
  std::int64_t offset = 0;
};

/// Another replica was given records of the log from `offset` on, which is the start of a batch, or found
/// itself at the log's end. A fetch that got no ReadOn is none.
struct Fetched {
  ReplicaKey replica;
  std::int64_t offset = 0;
  TimestampMs now_ms = 0;  ///< Wall clock.
};

/// The node stops in an orderly way.
struct Stop {};

using Event = std::variant<Start, AppendRecords, UpgradeKraftVersion, Drain, LogSynced, Fetched, Stop>;

/// Start of an epoch in the log: a control batch with LeaderChange and, where the leader must tell,
/// KRaftVersion and Voters behind it. Encoded by control_records.h.
struct LeaderChangeBatch {
  std::int64_t base_offset = 0;
  std::int32_t epoch = 0;
  BrokerId leader{-1};
  std::vector<BrokerId> voters;
  std::vector<BrokerId> granting_voters;
  struct Membership {
    std::int16_t kraft_version = 1;
    VoterSet voters;
    bool operator==(const Membership&) const = default;
  };
  std::optional<Membership> membership;

  std::int64_t next_offset() const { return base_offset + (membership ? 3 : 1); }

  bool operator==(const LeaderChangeBatch&) const = default;
};

/// A control batch with KRaftVersion and Voters alone: the quorum has changed within an epoch.
struct MembershipBatch {
  std::int64_t base_offset = 0;
  std::int32_t epoch = 0;
  LeaderChangeBatch::Membership membership;

  std::int64_t next_offset() const { return base_offset + 2; }

  bool operator==(const MembershipBatch&) const = default;
};

using LogBatch = std::variant<LeaderChangeBatch, MembershipBatch, DataBatch>;

/// Leadership of an epoch, with its first record committed.
struct Leadership {
  std::int32_t epoch = 0;
  std::int64_t epoch_start_offset = 0;  ///< Offset of the LeaderChange record.

  bool operator==(const Leadership&) const = default;
};

/// What the caller must carry out after a step, field by field in this order; a field is begun only when all
/// before it are done. If one fails the node stops: nothing is retried.
struct Effects {
  /// 1. Write quorum-state with each of these in turn, synced, before anything below: a vote or an epoch that
  /// could be forgotten would let two leaders rule one epoch.
  std::vector<ElectionState> persist;
  /// 2. Append to the log in this order, and sync; then report the log end offset by LogSynced. Until then
  /// the records do not count.
  std::vector<LogBatch> append;
  /// 3. Answer to AppendRecords: the offset of its first record. Only a promise of place, not of commitment.
  std::optional<Result<std::int64_t>> appended;
  /// 4. The high watermark rose: records below it are committed and are to be applied.
  std::optional<std::int64_t> high_watermark;
  /// 5. This replica leads. Comes once an epoch and after all records of earlier epochs are committed, so
  /// that the controller decides on a complete image.
  std::optional<Leadership> became_leader;
  /// 6. Leadership of that epoch is over; pending requests fail with NOT_CONTROLLER.
  std::optional<std::int32_t> lost_leadership;
  /// 7. The node can't go on, and why.
  std::optional<Error> failure;

  bool operator==(const Effects&) const = default;
};

enum class Role : std::uint8_t { kUnattached, kCandidate, kLeader, kResigned };

/// Content of a DescribeQuorum answer.
struct QuorumStatus {
  std::optional<BrokerId> leader;
  std::int32_t epoch = 0;
  std::int64_t high_watermark = -1;  ///< -1 until known.
  std::vector<ReplicaStatus> voters;
  std::vector<ReplicaStatus> observers;
  VoterSet voter_set;
};

/// Raft for the metadata log as a value machine (KIP-595, KIP-853): it sees no clock, disk or network, and
/// a copy of it is a fork of its history. Its first event is Start.
class Quorum {
 public:
  explicit Quorum(LocalReplica local) : local_(std::move(local)) {}

  Effects step(Event event);

  Role role() const { return role_; }
  const ElectionState& election() const { return election_; }
  std::int32_t epoch() const { return election_.epoch; }
  const VoterSet& voters() const { return voters_; }
  std::int16_t kraft_version() const { return kraft_version_; }
  /// nullopt until a record of the present epoch is committed.
  std::optional<std::int64_t> high_watermark() const { return high_watermark_; }
  /// Offset that the next appended record gets; the log's end while this replica does not lead.
  std::int64_t next_offset() const;
  /// Behind the last record that other replicas may read: those that are on this one's disk.
  std::int64_t readable_end_offset() const { return synced_offset_; }
  /// Where the leader listens, as far as this replica knows; valid until the next step.
  std::span<const VoterEndpoint> leader_endpoints() const;
  /// True while appended records wait for a Drain.
  bool has_undrained_records() const { return accumulator_ && !accumulator_->empty(); }

  /// What a leader tells another replica. INVALID_REQUEST for what is not sound; FENCED_LEADER_EPOCH and
  /// UNKNOWN_LEADER_EPOCH for another epoch, NOT_LEADER_OR_FOLLOWER if this replica does not lead,
  /// UNKNOWN_SERVER_ERROR for records to itself.
  Result<FetchVerdict> judge(const ReplicaFetch& fetch, const FetchGround& ground) const;

  /// The quorum as the leader sees it; `now_ms` is wall-clock time, at which the leader is by definition
  /// caught up with itself. Forgets observers that are silent. NOT_LEADER_OR_FOLLOWER if this replica does
  /// not lead.
  Result<QuorumStatus> describe(TimestampMs now_ms);

 private:
  Effects on(const Start& start);
  Effects on(AppendRecords append);
  Effects on(const UpgradeKraftVersion& upgrade);
  Effects on(const Drain& drain);
  Effects on(const LogSynced& synced);
  Effects on(const Fetched& fetched);
  Effects on(const Stop& stop);

  void restore_role(const Start& start);
  void become_candidate(Effects& effects);
  void become_leader(Effects& effects);
  void raise_high_watermark(std::int64_t synced_offset, Effects& effects);
  LeaderChangeBatch start_of_epoch();
  /// The voters, with what this node says of itself: in force from the moment they are appended, committed or
  /// not (KIP-853).
  LeaderChangeBatch::Membership put_voters_into_log();
  void drain_into(Effects& effects);
  Voter self() const;

  LocalReplica local_;
  Role role_ = Role::kUnattached;
  ElectionState election_;
  VoterSet voters_;
  std::int16_t kraft_version_ = 0;
  bool voters_in_log_ = false;
  std::int64_t log_end_offset_ = 0;
  std::int64_t synced_offset_ = 0;
  std::optional<std::int64_t> high_watermark_;
  Observers observers_;
  std::int64_t epoch_start_offset_ = 0;
  bool leadership_announced_ = false;
  std::optional<BatchAccumulator> accumulator_;
};

}  // namespace moldau::quorum
