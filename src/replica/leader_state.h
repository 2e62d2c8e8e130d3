#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/result.h"

namespace moldau::replica {

/// What the metadata log says of one partition, as far as its leader needs it.
struct Assignment {
  std::int32_t leader_epoch = -1;
  std::int32_t partition_epoch = -1;
  std::vector<BrokerId> replicas;
  std::vector<BrokerId> in_sync;
};

/// The rules of a partition's leader: who may write, what may be read, when a write counts as replicated.
/// Pure; the runtime tells it what happened and carries out what follows.
///
/// Invariants: 1. the high watermark never goes back; 2. it is at most the end of every in-sync replica's
/// log; 3. it stands still while fewer replicas are in sync than the topic demands.
class LeaderState {
 public:
  /// A broker that leads from now on. Its log ends at `log_end_offset`; what was known to be replicated
  /// before, from the checkpoint, is `high_watermark`, at most the end.
  LeaderState(BrokerId self, Assignment assignment, std::int64_t high_watermark, std::int64_t log_end_offset,
              std::int32_t min_in_sync);

  std::int32_t leader_epoch() const { return assignment_.leader_epoch; }
  std::int64_t high_watermark() const { return high_watermark_; }
  const Assignment& assignment() const { return assignment_; }

  /// Judges the epoch a client or follower believes in (`CurrentLeaderEpoch`, -1: unknown): an older one is
  /// FENCED_LEADER_EPOCH, a newer one UNKNOWN_LEADER_EPOCH (KIP-320).
  Result<void> check_epoch(std::int32_t current_leader_epoch) const;

  /// Whether a write that wants all in-sync replicas may be appended: NOT_ENOUGH_REPLICAS otherwise.
  Result<void> check_min_in_sync() const;

  /// This broker's own log holds everything below `log_end_offset`, as durably as the topic demands.
  /// True when the high watermark moved.
  bool local_end_moved(std::int64_t log_end_offset);

  /// `min.insync.replicas` changed. True when the high watermark moved.
  bool min_in_sync_changed(std::int32_t min_in_sync);

 private:
  /// A topic cannot demand more replicas than it has.
  std::int32_t effective_min_in_sync() const;
  bool advance();

  Assignment assignment_;
  std::int32_t min_in_sync_;
  std::int64_t high_watermark_;
  std::int64_t local_end_;
};

}  // namespace moldau::replica
