#include "replica/leader_state.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/assert.h"

namespace moldau::replica {
namespace {

constexpr std::int32_t kNoEpoch = -1;

}  // namespace

LeaderState::LeaderState(BrokerId self, Assignment assignment, std::int64_t high_watermark,
                         std::int64_t log_end_offset, std::int32_t min_in_sync)
    : assignment_(std::move(assignment)),
      min_in_sync_(min_in_sync),
      high_watermark_(std::min(high_watermark, log_end_offset)),
      local_end_(log_end_offset) {
  require(std::ranges::find(assignment_.replicas, self) != assignment_.replicas.end(),
          "a leader is one of the replicas");
  advance();
}

Result<void> LeaderState::check_epoch(std::int32_t current_leader_epoch) const {
  if (current_leader_epoch == kNoEpoch || current_leader_epoch == assignment_.leader_epoch) return {};
  if (current_leader_epoch < assignment_.leader_epoch) {
    return fail(ErrorCode::kFencedLeaderEpoch,
                "the leader epoch is " + std::to_string(assignment_.leader_epoch));
  }
  return fail(ErrorCode::kUnknownLeaderEpoch,
              "the leader epoch is " + std::to_string(assignment_.leader_epoch));
}

std::int32_t LeaderState::effective_min_in_sync() const {
  return std::min(min_in_sync_, static_cast<std::int32_t>(assignment_.replicas.size()));
}

Result<void> LeaderState::check_min_in_sync() const {
  if (static_cast<std::int32_t>(assignment_.in_sync.size()) >= effective_min_in_sync()) return {};
  return fail(ErrorCode::kNotEnoughReplicas, std::to_string(assignment_.in_sync.size()) +
                                                 " replicas are in sync, wanted are " +
                                                 std::to_string(effective_min_in_sync()));
}

bool LeaderState::local_end_moved(std::int64_t log_end_offset) {
  local_end_ = log_end_offset;
  return advance();
}

bool LeaderState::min_in_sync_changed(std::int32_t min_in_sync) {
  min_in_sync_ = min_in_sync;
  return advance();
}

bool LeaderState::advance() {
  // The only other replicas that could hold it back are followers, and those report by fetching: a set of one
  // in-sync replica is the leader itself.
  if (assignment_.in_sync.size() != 1 || !check_min_in_sync()) return false;
  if (local_end_ <= high_watermark_) return false;
  high_watermark_ = local_end_;
  return true;
}

}  // namespace moldau::replica
