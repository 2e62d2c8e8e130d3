#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "base/time.h"
#include "quorum/voter_set.h"

namespace moldau::quorum {

/// One replica as DescribeQuorum reports it.
struct ReplicaStatus {
  ReplicaKey key;
  std::int64_t log_end_offset = -1;
  TimestampMs last_fetch_ms = -1;
  TimestampMs last_caught_up_ms = -1;  ///< When it last had all that the leader had; -1: never yet.

  bool operator==(const ReplicaStatus&) const = default;
};

/// The replicas that fetch from a leader without being voters, and how far each is. A value.
class Observers {
 public:
  /// Silent for so long, an observer is forgotten.
  static constexpr TimestampMs kSessionMs = 300'000;
  /// Of more than so many, those that fetched longest ago are forgotten: ids are what requests say.
  static constexpr std::size_t kMost = 1'000;

  /// `replica` fetched the leader's log from `offset` on while that ended at `leader_end_offset`.
  void fetched(const ReplicaKey& replica, std::int64_t offset, std::int64_t leader_end_offset,
               TimestampMs now_ms);

  void forget_silent(TimestampMs now_ms);
  void clear() { known_.clear(); }

  /// By id and directory.
  std::vector<ReplicaStatus> statuses() const;

 private:
  struct Progress {
    std::int64_t end_offset = -1;
    TimestampMs last_fetch_ms = -1;
    TimestampMs last_caught_up_ms = -1;
    std::int64_t leader_end_offset = -1;  ///< At the last fetch.
  };

  void make_room();

  std::map<ReplicaKey, Progress> known_;
};

}  // namespace moldau::quorum
