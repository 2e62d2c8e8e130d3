#include "runtime/offset_checkpoints.h"

#include <algorithm>

#include "log/file_names.h"
#include "log/offset_checkpoint.h"
#include "runtime/offload.h"

namespace moldau::runtime {
namespace {

using Checkpoints = PartitionTable::Checkpoints;

Result<void> write_files(io::Directory& folder, const Checkpoints& checkpoints) {
  for (const auto& [name, offsets] :
       {std::pair{log::kRecoveryPointCheckpointName, &checkpoints.recovery_points},
        std::pair{log::kLogStartCheckpointName, &checkpoints.log_starts},
        std::pair{log::kHighWatermarkCheckpointName, &checkpoints.high_watermarks}}) {
    if (const auto done = log::write_offset_checkpoint(folder, name, *offsets); !done)
      return fail(done.error());
  }
  if (checkpoints.compacted.empty()) {
    const auto is_there = folder.contains(log::kCleanerCheckpointName);
    if (!is_there) return fail(is_there.error());
    if (!*is_there) return {};
  }
  return log::write_offset_checkpoint(folder, log::kCleanerCheckpointName, checkpoints.compacted);
}

}  // namespace

OffsetCheckpoints::OffsetCheckpoints(Surroundings surroundings) : surroundings_(std::move(surroundings)) {
  for (const LogDir& dir : surroundings_.log_dirs) {
    written_.push_back({.recovery_points = dir.recovery_points,
                        .log_starts = dir.log_starts,
                        .high_watermarks = dir.high_watermarks,
                        .compacted = dir.compacted});
  }
}

Task<Result<void>> OffsetCheckpoints::update(Gather gather) {
  while (is_busy_) {
    Waiter waiter(*surroundings_.shard, Instant::never());
    others_.add(waiter);
    co_await waiter;
  }
  is_busy_ = true;
  auto all = co_await gather();
  gone_.clear();
  Result<void> outcome;
  if (all) outcome = co_await write(std::make_shared<const Offsets>(*std::move(all)));
  is_busy_ = false;
  others_.wake_all();
  co_return outcome;
}

Task<Result<void>> OffsetCheckpoints::write(std::shared_ptr<const Offsets> all) {
  under_way_ = all;
  Result<void> outcome;
  for (std::size_t i = 0; outcome && i < all->size(); ++i) {
    if (surroundings_.is_offline(i) || (*all)[i] == written_[i]) continue;
    const LogDir& dir = surroundings_.log_dirs[i];
    const auto written =
        co_await run_in_lane(*surroundings_.shard, dir.sync_lane,
                             [folder = dir.folder, all, i] { return write_files(*folder, (*all)[i]); });
    if (written) {
      written_[i] = (*all)[i];
    } else if (!surroundings_.lose(i, written.error())) {
      outcome = fail(written.error());
    }
  }
  under_way_.reset();
  co_return outcome;
}

bool OffsetCheckpoints::may_mention(const Place& place) const {
  const auto& [log_dir, name] = place;
  return gone_.contains(name) || written_[log_dir].mention(name) ||
         (under_way_ != nullptr && (*under_way_)[log_dir].mention(name));
}

Task<Result<void>> OffsetCheckpoints::forget(std::vector<Place> places) {
  if (std::ranges::none_of(places, [this](const Place& place) { return may_mention(place); }))
    co_return Result<void>();
  co_return co_await update([this, places = std::move(places)]() -> Task<std::optional<Offsets>> {
    Offsets all = written_;
    for (const auto& [log_dir, name] : places) {
      all[log_dir].forget(name);
    }
    co_return all;
  });
}

}  // namespace moldau::runtime
