#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "share/share_partition.h"

namespace moldau::share {

/// One call of acquire().
struct SharePartition::Acquisition {
  const AcquireRequest& request;
  Holder member;
  Instant now;
  std::int64_t first_offset = 0;  ///< of what was read
  std::int64_t last_offset = 0;   ///< beyond it nothing is acquired
  std::int32_t max_records = 0;
  Acquired acquired = {};

  bool is_exact() const { return request.mode == AcquireMode::kRecordLimit; }
  std::int32_t left() const { return max_records - acquired.count; }
};

namespace {

/// Records that were delivered this often are delivered with fewer others each time: one that nobody can
/// process is not to use up the deliveries of many.
std::int32_t throttle_delivery_count(std::int32_t max_delivery_count) {
  constexpr std::int32_t kLeast = 2;
  return std::max(kLeast, (max_delivery_count + 1) / 2);
}

/// The last offset of the batch that has the offset; the offset where none does.
std::int64_t last_of_batch_with(std::span<const FetchedBatch> batches, std::int64_t offset) {
  const auto above =
      std::ranges::find_if(batches, [&](const FetchedBatch& batch) { return batch.base_offset > offset; });
  if (above == batches.begin()) return offset;
  return std::max(offset, std::prev(above)->last_offset);
}

AcquiredRecords range(std::int64_t first_offset, std::int64_t last_offset, std::int32_t delivery_count) {
  return {.first_offset = first_offset,
          .last_offset = last_offset,
          .delivery_count = static_cast<std::int16_t>(delivery_count),
          .unknown_tags = {}};
}

/// Ranges of new records: as large as asked for, and each of whole batches.
std::vector<AcquiredRecords> ranges_of(const AcquireRequest& request, std::int64_t first_offset,
                                       std::int64_t last_offset) {
  std::vector<AcquiredRecords> ranges;
  const bool is_parted =
      request.mode != AcquireMode::kRecordLimit && last_offset - first_offset + 1 > request.batch_size;
  if (is_parted) {
    for (const FetchedBatch& batch : request.batches) {
      if (batch.base_offset > last_offset) break;
      if (batch.base_offset - first_offset < request.batch_size) continue;
      ranges.push_back(range(first_offset, batch.base_offset - 1, 1));
      first_offset = batch.base_offset;
    }
  }
  ranges.push_back(range(first_offset, last_offset, 1));
  return ranges;
}

}  // namespace

Acquired SharePartition::acquire(const AcquireRequest& request, Instant now) {
  if (status_ != Status::kActive || request.max_records <= 0 || request.batches.empty()) return {};
  const std::int64_t first_base_offset = request.batches.front().base_offset;
  Acquisition acquisition{
      .request = request,
      .member = request.member.empty() ? nullptr : std::make_shared<const std::string>(request.member),
      .now = now,
      .first_offset = first_base_offset,
      .last_offset = request.batches.back().last_offset};
  if (acquisition.last_offset < start_offset_ || !limit(acquisition)) return {};

  archive_compacted(request.fetch_offset, first_base_offset);
  const std::int64_t base_offset = aligned_base(first_base_offset);
  const std::int64_t first = std::min(first_base_offset, base_offset);
  if (first > acquisition.last_offset) return {};
  const auto overlap = batches_.lower_bound(first);
  if (overlap == batches_.end() || overlap->first > acquisition.last_offset) {
    acquire_new(acquisition, base_offset, acquisition.last_offset);
  } else {
    acquire_known(acquisition, base_offset, overlap);
  }
  return without_aborted(request, std::move(acquisition.acquired));
}

bool SharePartition::limit(Acquisition& acquisition) const {
  const std::int32_t asked = acquisition.request.max_records;
  acquisition.max_records = std::min(asked, limits_.max_record_locks - in_flight_count());
  if (acquisition.max_records > 0) return true;
  // No more may be in flight, but some of those that are may be acquired again.
  if (acquisition.request.fetch_offset > end_offset_) return false;
  acquisition.max_records =
      std::min(asked, static_cast<std::int32_t>(end_offset_ - acquisition.request.fetch_offset + 1));
  acquisition.last_offset = std::min(acquisition.last_offset, end_offset_);
  return acquisition.max_records > 0;
}

std::int64_t SharePartition::aligned_base(std::int64_t base_offset) const {
  const auto floor = floor_of(base_offset);
  if (floor == batches_.end()) return std::max(base_offset, start_offset_);
  return floor->second.last_offset() >= base_offset ? floor->first : base_offset;
}

void SharePartition::acquire_known(Acquisition& acquisition, std::int64_t base_offset,
                                   Batches::iterator first) {
  std::int64_t gap_offset = base_offset;
  for (auto at = first; at != batches_.end() && at->first <= acquisition.last_offset; ++at) {
    if (acquisition.left() <= 0) break;
    if (has_loaded_gaps()) {
      if (gap_offset < at->first) acquire_new(acquisition, gap_offset, at->first - 1);
      gap_offset = at->second.last_offset() + 1;
      if (acquisition.left() <= 0) break;
    }
    if (!acquire_batch(acquisition, at->second)) {
      acquisition.max_records = 0;
      break;
    }
  }
  const std::int64_t last_known =
      std::prev(batches_.upper_bound(acquisition.last_offset))->second.last_offset();
  if (acquisition.left() > 0 && last_known < acquisition.last_offset) {
    acquire_new(acquisition, last_known + 1, acquisition.last_offset);
  }
  const std::vector<AcquiredRecords>& ranges = acquisition.acquired.ranges;
  if (!ranges.empty()) narrow_gaps(ranges.back().last_offset + 1);
}

bool SharePartition::acquire_batch(Acquisition& acquisition, InFlightBatch& batch) {
  const std::int32_t left = acquisition.left();
  const bool is_too_large = acquisition.is_exact() && batch.size() > left;
  const bool is_throttled_now = is_throttled(acquisition, batch);
  if (is_throttled_now && acquisition.acquired.count > 0) return false;
  if (!batch.is_split() && !batch.state().is_free()) return true;
  if (batch.is_split() || is_too_large || is_throttled_now ||
      !batch.is_within(acquisition.first_offset, acquisition.last_offset)) {
    batch.split(locks_);
    const std::int32_t before = acquisition.acquired.count;
    acquire_offsets(acquisition, batch, left);
    return !is_throttled_now || acquisition.acquired.count == before;
  }
  InFlightState& state = batch.state();
  state.acquire(acquisition.member);
  state.set_lock(
      locks_.add(acquisition.now + limits_.lock_duration, batch.first_offset(), batch.last_offset()));
  acquisition.acquired.ranges.push_back(
      range(batch.first_offset(), batch.last_offset(), state.delivery_count()));
  acquisition.acquired.count += static_cast<std::int32_t>(batch.size());
  return true;
}

bool SharePartition::is_throttled(const Acquisition& acquisition, const InFlightBatch& batch) const {
  const std::int32_t limit = throttle_delivery_count(limits_.max_delivery_count);
  if (!batch.is_split()) return batch.state().is_free() && batch.state().delivery_count() >= limit;
  const std::int64_t first = std::max(batch.first_offset(), acquisition.first_offset);
  const std::int64_t last = std::min(batch.last_offset(), acquisition.last_offset);
  for (std::int64_t offset = first; offset <= last; ++offset) {
    const InFlightState& state = batch.state_at(offset);
    if (state.is_free() && state.delivery_count() >= limit) return true;
  }
  return false;
}

void SharePartition::acquire_offsets(Acquisition& acquisition, InFlightBatch& batch,
                                     std::int64_t max_records) {
  const std::int32_t max_delivery_count = limits_.max_delivery_count;
  const std::int32_t throttle = throttle_delivery_count(max_delivery_count);
  const bool has_lone_last = max_delivery_count > 2;
  std::vector<AcquiredRecords>& ranges = acquisition.acquired.ranges;
  const std::size_t first_range = ranges.size();
  const std::int64_t last = std::min(batch.last_offset(), acquisition.last_offset);
  std::int64_t throttled_max = -1;
  std::int64_t count = 0;
  for (std::int64_t offset = std::max(batch.first_offset(), acquisition.first_offset); offset <= last;
       ++offset) {
    InFlightState& state = batch.state_at(offset);
    if (!state.is_free()) continue;
    const std::int32_t delivered = state.delivery_count();
    if (has_lone_last && delivered == max_delivery_count - 1 && count > 0) break;
    if (delivered >= throttle && throttled_max < 0) {
      // The shift goes round as in Java.
      const auto halvings = static_cast<std::uint32_t>(delivered - throttle + 1) & 63U;
      throttled_max = std::max(std::int64_t{1}, batch.size() >> halvings);
    }
    state.acquire(acquisition.member);
    state.set_lock(locks_.add(acquisition.now + limits_.lock_duration, offset, offset));
    append_offset(ranges, first_range, offset, static_cast<std::int16_t>(state.delivery_count()));
    ++count;
    if (has_lone_last && state.delivery_count() == max_delivery_count) break;
    if (acquisition.is_exact() && count == max_records) break;
    if (count == throttled_max) break;
  }
  acquisition.acquired.count += static_cast<std::int32_t>(count);
}

void SharePartition::acquire_new(Acquisition& acquisition, std::int64_t first_offset,
                                 std::int64_t last_offset) {
  const std::int32_t max_records = acquisition.left();
  // What was done with has left the map, but may be read again.
  if (batches_.empty()) first_offset = std::max(first_offset, end_offset_);
  if (max_records < last_offset - first_offset + 1) {
    const std::int64_t bound = last_offset;
    last_offset = last_of_batch_with(acquisition.request.batches, first_offset + max_records - 1);
    if (has_loaded_gaps()) last_offset = std::min(last_offset, bound);
  }
  const std::size_t ranges_before = acquisition.acquired.ranges.size();
  add_new(acquisition, first_offset, last_offset, max_records);
  if (batches_.begin()->first == first_offset) start_offset_ = first_offset;
  end_offset_ = std::max(end_offset_, last_offset);
  if (acquisition.is_exact()) last_offset = acquisition.acquired.ranges[ranges_before].last_offset;
  narrow_gaps(last_offset + 1);
  acquisition.acquired.count += static_cast<std::int32_t>(last_offset - first_offset + 1);
}

void SharePartition::add_new(Acquisition& acquisition, std::int64_t first_offset, std::int64_t last_offset,
                             std::int32_t max_records) {
  const Instant deadline = acquisition.now + limits_.lock_duration;
  const InFlightState acquired(RecordState::kAcquired, 1, acquisition.member);
  if (acquisition.is_exact() && last_offset - first_offset + 1 > max_records) {
    // The rest of the batch is in flight as well, for whoever comes next.
    const std::int64_t last_acquired = first_offset + max_records - 1;
    InFlightBatch batch(first_offset, last_offset, acquired);
    batch.split_behind(last_acquired, deadline, locks_);
    batches_.insert_or_assign(first_offset, std::move(batch));
    is_next_fetch_sought_ = true;
    acquisition.acquired.ranges.push_back(range(first_offset, last_acquired, 1));
    return;
  }
  for (const AcquiredRecords& part : ranges_of(acquisition.request, first_offset, last_offset)) {
    InFlightBatch batch(part.first_offset, part.last_offset, acquired);
    batch.state().set_lock(locks_.add(deadline, part.first_offset, part.last_offset));
    batches_.insert_or_assign(part.first_offset, std::move(batch));
    acquisition.acquired.ranges.push_back(part);
  }
}

Acquired SharePartition::without_aborted(const AcquireRequest& request, Acquired acquired) {
  if (request.aborted.empty() || acquired.ranges.empty()) return acquired;
  const std::vector<FetchedBatch> aborted = aborted_batches(request.batches, request.aborted);
  for (const FetchedBatch& batch : aborted) {
    const auto floor = floor_of(batch.base_offset);
    archive(batch.base_offset, batch.last_offset + 1, floor == batches_.end() ? batches_.begin() : floor,
            batches_.upper_bound(batch.last_offset), RecordState::kAcquired, true);
  }
  Acquired left{.ranges = without_batches(acquired.ranges, aborted)};
  for (const AcquiredRecords& part : left.ranges) {
    left.count += static_cast<std::int32_t>(part.last_offset - part.first_offset + 1);
  }
  return left;
}

}  // namespace moldau::share
