#include "log/leader_epoch_cache.h"

#include <algorithm>

#include "base/assert.h"

namespace moldau::log {
namespace {

constexpr std::int32_t kNoEpoch = -1;

}  // namespace

void LeaderEpochCache::load(std::span<const EpochEntry> entries) {
  entries_.clear();
  for (const EpochEntry& entry : entries)
    assign(entry.epoch, entry.start_offset);
  is_dirty_ = false;
}

bool LeaderEpochCache::assign(std::int32_t epoch, std::int64_t start_offset) {
  require(epoch >= 0 && start_offset >= 0, "leader epochs and offsets are not negative");
  if (!entries_.empty() && entries_.back().epoch == epoch && entries_.back().start_offset <= start_offset) {
    return false;
  }
  while (!entries_.empty() &&
         (entries_.back().epoch >= epoch || entries_.back().start_offset >= start_offset)) {
    entries_.pop_back();
  }
  entries_.push_back({epoch, start_offset});
  is_dirty_ = true;
  return true;
}

std::optional<std::int32_t> LeaderEpochCache::latest_epoch() const {
  if (entries_.empty()) return std::nullopt;
  return entries_.back().epoch;
}

LeaderEpochCache::EpochEnd LeaderEpochCache::end_offset_for(std::int32_t epoch,
                                                            std::int64_t log_end_offset) const {
  if (epoch == kNoEpoch) return {};
  if (latest_epoch() == epoch) return {epoch, log_end_offset};
  const auto higher = std::ranges::upper_bound(entries_, epoch, {}, &EpochEntry::epoch);
  if (higher == entries_.end()) return {};
  if (higher == entries_.begin()) return {epoch, higher->start_offset};
  return {std::prev(higher)->epoch, higher->start_offset};
}

std::optional<std::int32_t> LeaderEpochCache::epoch_for_offset(std::int64_t offset) const {
  const auto behind = std::ranges::upper_bound(entries_, offset, {}, &EpochEntry::start_offset);
  if (behind == entries_.begin()) return std::nullopt;
  return std::prev(behind)->epoch;
}

void LeaderEpochCache::truncate_from_end(std::int64_t end_offset) {
  if (end_offset < 0) return;
  while (!entries_.empty() && entries_.back().start_offset >= end_offset) {
    entries_.pop_back();
    is_dirty_ = true;
  }
}

void LeaderEpochCache::truncate_from_start(std::int64_t start_offset) {
  const auto behind = std::ranges::upper_bound(entries_, start_offset, {}, &EpochEntry::start_offset);
  if (behind == entries_.begin()) return;
  const auto first = std::prev(behind);
  if (first == entries_.begin() && first->start_offset == start_offset) return;
  first->start_offset = start_offset;
  entries_.erase(entries_.begin(), first);
  is_dirty_ = true;
}

void LeaderEpochCache::clear() {
  is_dirty_ = is_dirty_ || !entries_.empty();
  entries_.clear();
}

}  // namespace moldau::log
