#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "quorum/voter_set.h"

namespace moldau::quorum {

/// What a replica must remember of the newest election it knows of: the content of the quorum-state file.
struct ElectionState {
  std::int32_t epoch = 0;
  std::optional<BrokerId> leader;
  /// Whom this replica voted for in `epoch`; directory zero where kraft.version 0 wrote the file.
  std::optional<ReplicaKey> voted_for;
  /// Ids of the voters; stored by version 0 of the file only, and not read back for decisions.
  std::vector<BrokerId> voters;

  bool operator==(const ElectionState&) const = default;

  bool is_leader(BrokerId id) const { return leader == id; }
  /// True if the vote of this epoch went to `candidate`; a stored vote without a directory goes by the id.
  bool has_voted_for(const ReplicaKey& candidate) const {
    return voted_for && voted_for->id == candidate.id &&
           (voted_for->directory_id.is_zero() || voted_for->directory_id == candidate.directory_id);
  }
};

}  // namespace moldau::quorum
