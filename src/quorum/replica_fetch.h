#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "quorum/snapshot_id.h"
#include "quorum/voter_set.h"

namespace moldau::quorum {

/// What another replica asks of the metadata log's leader, and what it says of its own log with it (KIP-595).
struct ReplicaFetch {
  ReplicaKey replica;                   ///< An id below 0: nobody whose progress counts.
  std::int32_t leader_epoch = 0;        ///< In which it takes this replica for the leader.
  std::int64_t offset = 0;              ///< Its log's end.
  std::int32_t last_fetched_epoch = 0;  ///< Of its last record; 0 for an empty log.
  std::int32_t max_wait_ms = 0;         ///< For news, where there are none.

  /// Whether it makes sense whatever the log is.
  bool is_sound() const {
    return max_wait_ms >= 0 && offset >= 0 && last_fetched_epoch >= 0 && last_fetched_epoch <= leader_epoch;
  }
};

/// Where an epoch of a log ended.
struct EpochEnd {
  std::int32_t epoch = 0;
  std::int64_t end_offset = 0;

  bool operator==(const EpochEnd&) const = default;
};

/// What the leader's log and snapshots say of a fetch.
struct FetchGround {
  std::int64_t log_start_offset = 0;
  /// The largest epoch of the log at or below the last fetched one, and its end; for one before the log's
  /// first, that epoch and the first one's start; the log's last epoch and its end if there is none.
  EpochEnd epoch_end;
  /// The two may be one.
  struct Snapshots {
    SnapshotId oldest;
    SnapshotId newest;
  };
  std::optional<Snapshots> snapshots;  ///< Nothing if there are none.
};

/// The replica's log is a beginning of the leader's: it gets the records from its offset on.
struct ReadOn {
  bool operator==(const ReadOn&) const = default;
};

/// What a replica is told: records; where its log parts from the leader's, EpochEnd; or the snapshot to load,
/// since the log does not reach back so far.
using FetchVerdict = std::variant<ReadOn, EpochEnd, SnapshotId>;

/// Holds a fetch of a valid leader epoch against the log, as Apache Kafka does.
FetchVerdict judge_fetch(const ReplicaFetch& fetch, const FetchGround& ground);

}  // namespace moldau::quorum
