#include "share/share_partition.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/assert.h"
#include "share/state_error.h"

namespace moldau::share {

Result<bool> SharePartition::begin_load() {
  switch (status_) {
    case Status::kActive:
      return false;
    case Status::kFailed:
      return fail(ErrorCode::kUnknownServerError, "Share partition failed to load " + id_.to_string());
    case Status::kLoading:
      return fail(ErrorCode::kLeaderNotAvailable,
                  "Share partition is already initializing " + id_.to_string());
    case Status::kFenced:
      return fail(ErrorCode::kLeaderNotAvailable, "Share partition is fenced " + id_.to_string());
    case Status::kEmpty:
      status_ = Status::kLoading;
      return true;
  }
  return false;
}

Result<void> SharePartition::load(const protocol::ReadShareGroupStateResponse::PartitionResult& state) {
  require(status_ == Status::kLoading || status_ == Status::kFenced, "what is loaded was to be loaded");
  if (state.error_code != ErrorCode::kNone) {
    fail_load();
    return fail(client_error(state.error_code, std::string(state.error_message.value_or(""))));
  }
  start_offset_ = state.start_offset;
  state_epoch_ = state.state_epoch;
  if (Result<void> loaded = load_batches(state); !loaded) {
    fail_load();
    return loaded;
  }
  if (batches_.empty()) {
    end_offset_ = start_offset_;
  } else {
    is_next_fetch_sought_ = true;
    end_offset_ = batches_.rbegin()->second.last_offset();
    if (gaps_) gaps_->end_offset = end_offset_;
    move_start();
  }
  if (status_ == Status::kLoading) status_ = Status::kActive;
  return {};
}

Result<void> SharePartition::load_batches(
    const protocol::ReadShareGroupStateResponse::PartitionResult& state) {
  // Counts of offsets in flight are numbers of 32 bits.
  constexpr std::int64_t kMostInFlight = std::numeric_limits<std::int32_t>::max();
  if (start_offset_ < 0 || start_offset_ > std::numeric_limits<std::int64_t>::max() - kMostInFlight) {
    return fail(ErrorCode::kUnknownServerError,
                "Failed to initialize the share partition " + id_.to_string());
  }
  std::int64_t next_offset = start_offset_;
  for (const auto& batch : state.state_batches) {
    const std::optional<RecordState> record_state = record_state_of(batch.delivery_state);
    if (batch.first_offset < start_offset_ || batch.last_offset < batch.first_offset ||
        batch.last_offset - start_offset_ >= kMostInFlight) {
      return fail(ErrorCode::kUnknownServerError,
                  "Failed to initialize the share partition " + id_.to_string());
    }
    if (!record_state) {
      return fail(ErrorCode::kUnknownServerError,
                  "Unknown record state id: " + std::to_string(batch.delivery_state));
    }
    if (!gaps_ && batch.first_offset > next_offset) gaps_ = LoadedGaps{.first_offset = next_offset};
    next_offset = batch.last_offset + 1;
    batches_.insert_or_assign(batch.first_offset,
                              InFlightBatch(batch.first_offset, batch.last_offset,
                                            InFlightState(*record_state, batch.delivery_count, nullptr)));
    if (is_terminal(*record_state)) {
      delivery_complete_count_ += static_cast<std::int32_t>(batch.last_offset - batch.first_offset + 1);
    }
  }
  return {};
}

std::int64_t SharePartition::next_fetch_offset() {
  if (is_behind_start()) {
    is_next_fetch_sought_ = false;
    return end_offset_;
  }
  if (is_next_fetch_sought_) {
    if (const std::optional<std::int64_t> available = first_available()) return *available;
    is_next_fetch_sought_ = false;
  }
  return end_offset_ + 1;
}

std::optional<std::int64_t> SharePartition::first_available() const {
  std::int64_t gap_offset = has_loaded_gaps() ? gaps_->first_offset : -1;
  for (const auto& [first_offset, batch] : batches_) {
    if (has_loaded_gaps()) {
      if (first_offset > gap_offset) return gap_offset;
      gap_offset = std::max(batch.last_offset() + 1, gap_offset);
    }
    if (!batch.is_split()) {
      if (batch.state().is_free()) return first_offset;
      continue;
    }
    for (std::int64_t offset = first_offset; offset <= batch.last_offset(); ++offset) {
      if (batch.state_at(offset).is_free()) return offset;
    }
  }
  return std::nullopt;
}

bool SharePartition::can_acquire() {
  return next_fetch_offset() != end_offset_ + 1 || in_flight_count() < limits_.max_record_locks;
}

std::int32_t SharePartition::in_flight_count() const {
  return batches_.empty() ? 0 : static_cast<std::int32_t>(end_offset_ - start_offset_ + 1);
}

SharePartition::Batches::iterator SharePartition::floor_of(std::int64_t offset) {
  const auto above = batches_.upper_bound(offset);
  return above == batches_.begin() ? batches_.end() : std::prev(above);
}

SharePartition::Batches::const_iterator SharePartition::floor_of(std::int64_t offset) const {
  const auto above = batches_.upper_bound(offset);
  return above == batches_.begin() ? batches_.end() : std::prev(above);
}

void SharePartition::narrow_gaps(std::int64_t first_offset) {
  if (has_loaded_gaps() && first_offset <= gaps_->end_offset) {
    gaps_->first_offset = first_offset;
  } else {
    gaps_.reset();
  }
}

std::int32_t SharePartition::count_in_flight(std::int64_t first_offset, std::int64_t last_offset) const {
  if (last_offset < start_offset_) return 0;
  return static_cast<std::int32_t>(last_offset - std::max(start_offset_, first_offset) + 1);
}

}  // namespace moldau::share
