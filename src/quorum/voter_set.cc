#include "quorum/voter_set.h"

#include <algorithm>
#include <map>
#include <utility>

namespace moldau::quorum {

VoterSet::VoterSet(std::vector<Voter> voters) {
  std::map<BrokerId, Voter> by_id;
  for (Voter& voter : voters)
    by_id.insert_or_assign(voter.key.id, std::move(voter));
  voters_.reserve(by_id.size());
  for (auto& [id, voter] : by_id)
    voters_.push_back(std::move(voter));
}

const Voter* VoterSet::find(BrokerId id) const {
  const auto found =
      std::ranges::lower_bound(voters_, id, {}, [](const Voter& voter) { return voter.key.id; });
  return found != voters_.end() && found->key.id == id ? &*found : nullptr;
}

bool VoterSet::is_voter(const ReplicaKey& replica) const {
  const Voter* voter = find(replica.id);
  return voter != nullptr && voter->is(replica);
}

std::vector<BrokerId> VoterSet::ids() const {
  std::vector<BrokerId> ids;
  ids.reserve(voters_.size());
  for (const Voter& voter : voters_)
    ids.push_back(voter.key.id);
  return ids;
}

bool VoterSet::needs_update(const Voter& voter) const {
  const Voter* known = find(voter.key.id);
  return known != nullptr && known->is(voter.key) && *known != voter;
}

std::optional<VoterSet> VoterSet::with_updated(const Voter& voter) const {
  if (!is_voter(voter.key)) return std::nullopt;
  std::vector<Voter> updated = voters_;
  updated.push_back(voter);
  return VoterSet(std::move(updated));
}

}  // namespace moldau::quorum
