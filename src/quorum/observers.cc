#include "quorum/observers.h"

#include <algorithm>

namespace moldau::quorum {

void Observers::fetched(const ReplicaKey& replica, std::int64_t offset, std::int64_t leader_end_offset,
                        TimestampMs now_ms) {
  if (!known_.contains(replica)) make_room();
  Progress& progress = known_[replica];
  if (offset >= leader_end_offset) {
    progress.last_caught_up_ms = std::max(progress.last_caught_up_ms, now_ms);
  } else if (progress.leader_end_offset > 0 && offset >= progress.leader_end_offset) {
    // It has all by now that the leader had then.
    progress.last_caught_up_ms = std::max(progress.last_caught_up_ms, progress.last_fetch_ms);
  }
  progress.leader_end_offset = leader_end_offset;
  progress.last_fetch_ms = std::max(progress.last_fetch_ms, now_ms);
  progress.end_offset = offset;
}

void Observers::make_room() {
  if (known_.size() < kMost) return;
  known_.erase(
      std::ranges::min_element(known_, {}, [](const auto& one) { return one.second.last_fetch_ms; }));
}

void Observers::forget_silent(TimestampMs now_ms) {
  std::erase_if(known_,
                [now_ms](const auto& one) { return now_ms - one.second.last_fetch_ms >= kSessionMs; });
}

std::vector<ReplicaStatus> Observers::statuses() const {
  std::vector<ReplicaStatus> all;
  all.reserve(known_.size());
  for (const auto& [key, progress] : known_) {
    all.push_back({.key = key,
                   .log_end_offset = progress.end_offset,
                   .last_fetch_ms = progress.last_fetch_ms,
                   .last_caught_up_ms = progress.last_caught_up_ms});
  }
  return all;
}

}  // namespace moldau::quorum
