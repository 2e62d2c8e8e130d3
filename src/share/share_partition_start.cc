#include <algorithm>
#include <iterator>

#include "share/share_partition.h"

namespace moldau::share {

bool SharePartition::can_move_start() const {
  const auto floor = floor_of(start_offset_);
  if (floor == batches_.end()) return false;
  const InFlightBatch& batch = floor->second;
  // The log's start may have moved to where no batch is; what comes first decides then.
  if (batch.is_split() && !batch.contains(start_offset_)) return true;
  const InFlightState& state = batch.state_of(start_offset_);
  return !state.is_in_transition() && is_terminal(state.state());
}

SharePartition::DoneWith SharePartition::done_with() const {
  DoneWith done;
  for (const auto& [first_offset, batch] : batches_) {
    if (has_loaded_gaps() && batch.last_offset() >= gaps_->first_offset) return done;
    if (!batch.is_split()) {
      if (batch.state().is_in_transition() || !is_terminal(batch.state().state())) return done;
      done.last_offset = batch.last_offset();
      done.count += count_in_flight(first_offset, batch.last_offset());
      continue;
    }
    for (std::int64_t offset = first_offset; offset <= batch.last_offset(); ++offset) {
      const InFlightState& state = batch.state_at(offset);
      if (state.is_in_transition() || !is_terminal(state.state())) return done;
      done.last_offset = offset;
      done.count += count_in_flight(offset, offset);
    }
  }
  return done;
}

bool SharePartition::move_start() {
  if (!can_move_start()) return false;
  const DoneWith done = done_with();
  if (done.last_offset == -1) return false;

  if (done.last_offset == batches_.rbegin()->second.last_offset()) {
    start_offset_ = done.last_offset + 1;
    end_offset_ = start_offset_;
    batches_.clear();
    delivery_complete_count_ = 0;
    return true;
  }

  // Only whole batches go.
  auto first_kept = floor_of(done.last_offset);
  if (first_kept->second.last_offset() == done.last_offset) {
    ++first_kept;
    start_offset_ = std::max(start_offset_, first_kept->first);
    if (has_loaded_gaps()) start_offset_ = std::min(start_offset_, gaps_->first_offset);
  } else {
    start_offset_ = std::max(start_offset_, done.last_offset + 1);
  }
  delivery_complete_count_ -= done.count;
  batches_.erase(batches_.begin(), first_kept);
  return true;
}

void SharePartition::move_log_start(std::int64_t log_start_offset) {
  if (log_start_offset <= start_offset_) return;
  if (batches_.empty()) {
    start_offset_ = log_start_offset;
    end_offset_ = log_start_offset;
    delivery_complete_count_ = 0;
    return;
  }
  const std::int32_t left_behind = count_terminal_before(log_start_offset);
  if (archive(start_offset_, log_start_offset, batches_.begin(), batches_.end(), RecordState::kAvailable,
              false)) {
    is_next_fetch_sought_ = true;
  }
  start_offset_ = log_start_offset;
  delivery_complete_count_ -= left_behind;
  end_offset_ = std::max(end_offset_, start_offset_);
}

std::int32_t SharePartition::count_terminal_before(std::int64_t offset) const {
  std::int32_t count = 0;
  for (auto at = batches_.begin(); at != batches_.end() && at->first < offset; ++at) {
    const InFlightBatch& batch = at->second;
    const std::int64_t first = std::max(start_offset_, batch.first_offset());
    const std::int64_t last = std::min(offset - 1, batch.last_offset());
    if (first > last) continue;
    if (!batch.is_split()) {
      if (is_terminal(batch.state().state())) count += static_cast<std::int32_t>(last - first + 1);
      continue;
    }
    for (std::int64_t each = first; each <= last; ++each) {
      count += is_terminal(batch.state_at(each).state()) ? 1 : 0;
    }
  }
  return count;
}

bool SharePartition::archive(std::int64_t first_offset, std::int64_t end_offset, Batches::iterator first,
                             Batches::iterator last, RecordState from, bool is_counted) {
  bool is_any = false;
  for (auto at = first; at != last && at->first < end_offset; ++at) {
    InFlightBatch& batch = at->second;
    if (batch.is_split()) {
      is_any |= archive_offsets(batch, first_offset, end_offset, from, is_counted);
    } else if (batch.state().state() != from) {
      continue;
    } else if (!batch.is_within(first_offset, end_offset - 1)) {
      batch.split(locks_);
      is_any |= archive_offsets(batch, first_offset, end_offset, from, is_counted);
    } else {
      batch.state().archive(locks_);
      if (is_counted) delivery_complete_count_ += static_cast<std::int32_t>(batch.size());
      is_any = true;
    }
  }
  return is_any;
}

bool SharePartition::archive_offsets(InFlightBatch& batch, std::int64_t first_offset, std::int64_t end_offset,
                                     RecordState from, bool is_counted) {
  bool is_any = false;
  const std::int64_t end = std::min(end_offset, batch.last_offset() + 1);
  for (std::int64_t offset = std::max(first_offset, batch.first_offset()); offset < end; ++offset) {
    InFlightState& state = batch.state_at(offset);
    if (state.state() != from) continue;
    state.archive(locks_);
    if (is_counted) ++delivery_complete_count_;
    is_any = true;
  }
  return is_any;
}

void SharePartition::archive_compacted(std::int64_t fetch_offset, std::int64_t base_offset) {
  if (batches_.empty() || fetch_offset >= base_offset) return;
  auto first = floor_of(fetch_offset);
  if (first == batches_.end() || first->second.last_offset() < fetch_offset) {
    first = batches_.lower_bound(fetch_offset);
  }
  if (archive(fetch_offset, base_offset, first, batches_.lower_bound(base_offset), RecordState::kAvailable,
              true)) {
    is_next_fetch_sought_ = true;
  }
}

}  // namespace moldau::share
