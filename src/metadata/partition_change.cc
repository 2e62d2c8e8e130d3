#include "metadata/partition_change.h"

#include <algorithm>
#include <set>
#include <utility>

#include "metadata/directory_id.h"

namespace moldau::metadata {
namespace {

/// One run of plan_change. The steps depend on each other's results in the order in which plan() calls them.
class Planner {
 public:
  Planner(const Partition& partition, const PartitionTarget& target, const PartitionRules& rules)
      : partition_(partition),
        target_(target),
        rules_(rules),
        isr_(target.isr.value_or(partition.isr)),
        replicas_(target.replicas.value_or(partition.replicas)),
        removing_(target.removing.value_or(partition.removing)),
        adding_(target.adding.value_or(partition.adding)),
        elr_(partition.elr) {}

  std::optional<PartitionChange> plan() {
    complete_reassignment();
    move_to_elr();
    elect();
    bump_epoch_for_lost_replicas();
    record_elr();
    if (!change_.isr && (!isr_.empty() || rules_.elr_enabled) && isr_ != partition_.isr) change_.isr = isr_;
    bump_epoch_for_isr_shrink();
    record_last_known_leader();
    record_assignment();
    const bool is_recovering = target_.is_recovering.value_or(partition_.is_recovering);
    if (is_recovering != partition_.is_recovering) change_.is_recovering = is_recovering;
    if (change_ == PartitionChange{}) return std::nullopt;
    return std::move(change_);
  }

 private:
  struct Choice {
    BrokerId leader;
    bool is_unclean = false;
  };

  /// The removing replicas leave once all adding ones are in sync. An assignment that gets smaller also waits
  /// for the replicas that stay, so that the ISR does not shrink more than it must.
  void complete_reassignment() {
    if (removing_.empty() && adding_.empty()) return;
    const auto stays = [&](BrokerId id) { return !contains(removing_, id); };
    Replicas final_isr;
    Replicas final_replicas;
    std::ranges::copy_if(isr_, std::back_inserter(final_isr), stays);
    std::ranges::copy_if(replicas_, std::back_inserter(final_replicas), stays);
    if (!removing_.empty() && (final_isr.empty() || final_replicas.empty())) return;
    const auto in_sync = [&](BrokerId id) { return contains(final_isr, id); };
    if (!std::ranges::all_of(adding_, in_sync)) return;
    if (adding_.size() < removing_.size() && !std::ranges::all_of(final_replicas, in_sync)) return;
    isr_ = std::move(final_isr);
    replicas_ = std::move(final_replicas);
    removing_.clear();
    adding_.clear();
  }

  void move_to_elr() {
    if (!rules_.elr_enabled) return;
    if (std::ssize(isr_) >= rules_.min_isr) {
      elr_.clear();
      return;
    }
    std::set<BrokerId> candidates(elr_.begin(), elr_.end());
    candidates.insert(partition_.isr.begin(), partition_.isr.end());
    elr_.clear();
    std::ranges::copy_if(candidates, std::back_inserter(elr_),
                         [&](BrokerId id) { return !contains(isr_, id) && target_.unclean_shutdown != id; });
  }

  bool is_valid_leader(BrokerId id) const {
    return (contains(isr_, id) || (isr_.empty() && contains(elr_, id))) && rules_.is_acceptable_leader(id);
  }

  /// The leader that a partition lost last may come back if nobody can know better.
  bool can_elect_last_known_leader() const {
    return rules_.elr_enabled && elr_.empty() && isr_.empty() && partition_.last_known_elr.size() == 1 &&
           rules_.is_acceptable_leader(partition_.last_known_elr.front());
  }

  Choice choose_leader() const {
    if (target_.election == Election::kPreferred && !replicas_.empty() &&
        is_valid_leader(replicas_.front())) {
      return {replicas_.front()};
    }
    if (is_valid_leader(partition_.leader)) return {partition_.leader};
    for (const BrokerId id : replicas_) {
      if (is_valid_leader(id)) return {id};
    }
    if (can_elect_last_known_leader()) return {partition_.last_known_elr.front(), true};
    if (target_.election == Election::kUnclean) {
      for (const BrokerId id : replicas_) {
        if (rules_.is_acceptable_leader(id)) return {id, true};
      }
    }
    return {kNoLeader};
  }

  void elect() {
    const Choice choice = choose_leader();
    if (choice.leader == partition_.leader) return;
    if (contains(elr_, choice.leader)) {
      isr_ = {choice.leader};
      std::erase(elr_, choice.leader);
    }
    change_.leader = choice.leader;
    if (choice.is_unclean) {
      change_.isr = Replicas{choice.leader};
      if (!partition_.is_recovering) change_.is_recovering = true;
    }
  }

  /// A replica that is dropped must notice that it no longer belongs.
  void bump_epoch_for_lost_replicas() {
    if (change_.leader) return;
    const bool lost =
        std::ranges::any_of(partition_.replicas, [&](BrokerId id) { return !contains(replicas_, id); });
    if (lost) change_.leader = partition_.leader;
  }

  void bump_epoch_for_isr_shrink() {
    if (!rules_.version.bumps_leader_epoch_on_isr_shrink() || change_.leader || !change_.isr) return;
    const bool shrunk =
        std::ranges::any_of(partition_.isr, [&](BrokerId id) { return !contains(*change_.isr, id); });
    if (shrunk) change_.leader = partition_.leader;
  }

  void record_elr() {
    const bool was_unclean = change_.isr.has_value();
    if (was_unclean || !rules_.elr_enabled) elr_.clear();
    if (elr_ != partition_.elr) change_.elr = elr_;
  }

  void record_last_known_leader() {
    if (!rules_.elr_enabled || !change_.leader) return;
    if (*change_.leader == kNoLeader && partition_.last_known_elr.empty()) {
      change_.last_known_elr = Replicas{partition_.leader};
    } else if (change_.leader->value() >= 0 && !partition_.last_known_elr.empty()) {
      change_.last_known_elr = Replicas{};
    }
  }

  Uuid target_directory(BrokerId replica) const {
    if (target_.placement && target_.placement->replica == replica) return target_.placement->directory;
    if (contains(partition_.replicas, replica)) return partition_.directory_of(replica);
    return rules_.default_directory(replica);
  }

  void record_assignment() {
    if (!replicas_.empty()) {
      if (rules_.version.supports_directories()) {
        std::vector<Uuid> directories;
        for (const BrokerId id : replicas_)
          directories.push_back(target_directory(id));
        if (directories != partition_.directories) change_.directories = std::move(directories);
      }
      if (replicas_ != partition_.replicas) change_.replicas = replicas_;
    }
    if (removing_ != partition_.removing) change_.removing = removing_;
    if (adding_ != partition_.adding) change_.adding = adding_;
  }

  const Partition& partition_;
  const PartitionTarget& target_;
  const PartitionRules& rules_;
  Replicas isr_;
  Replicas replicas_;
  Replicas removing_;
  Replicas adding_;
  Replicas elr_;
  PartitionChange change_;
};

}  // namespace

Partition apply_change(const Partition& partition, const PartitionChange& change) {
  Partition changed = partition;
  if (change.replicas) changed.replicas = *change.replicas;
  if (change.directories) changed.directories = *change.directories;
  // Where no replica's directory is known the list only counts them.
  const bool none_known = std::ranges::all_of(
      changed.directories, [](const Uuid& directory) { return directory == kMigratingDirectory; });
  if (none_known) changed.directories.assign(changed.replicas.size(), kMigratingDirectory);
  if (change.isr) changed.isr = *change.isr;
  if (change.removing) changed.removing = *change.removing;
  if (change.adding) changed.adding = *change.adding;
  if (change.leader) {
    changed.leader = *change.leader;
    ++changed.leader_epoch;
  }
  if (change.is_recovering) changed.is_recovering = *change.is_recovering;
  if (change.elr) changed.elr = *change.elr;
  if (change.last_known_elr) changed.last_known_elr = *change.last_known_elr;
  ++changed.partition_epoch;
  return changed;
}

std::optional<PartitionChange> plan_change(const Partition& partition, const PartitionTarget& target,
                                           const PartitionRules& rules) {
  return Planner(partition, target, rules).plan();
}

}  // namespace moldau::metadata
