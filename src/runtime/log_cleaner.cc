#include "runtime/log_cleaner.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace moldau::runtime {
namespace {

constexpr std::size_t kLeastBufferBytes = 4096;
/// A pass that is paced looks this often whether it is to end.
constexpr Duration kLongestPause = std::chrono::milliseconds(100);

/// What keeps `log.cleaner.io.max.bytes.per.second`: the lane rests for as long as its bytes should have
/// taken.
std::function<bool(std::int64_t)> pacing(io::Host& host, io::LaneId lane, io::StopFlag stopping,
                                         double bytes_per_second) {
  return [&host, lane, stopping = std::move(stopping), bytes_per_second,
          owed_s = 0.0](std::int64_t bytes) mutable {
    constexpr double kPauseSeconds = std::chrono::duration<double>(kLongestPause).count();
    owed_s += static_cast<double>(bytes) / bytes_per_second;
    while (owed_s >= kPauseSeconds && !stopping.is_set()) {
      host.rest_lane(lane, kLongestPause);
      owed_s -= kPauseSeconds;
    }
    return !stopping.is_set();
  };
}

}  // namespace

LogCleaner::LogCleaner(Surroundings surroundings) : surroundings_(std::move(surroundings)) {}

void LogCleaner::start() {
  if (surroundings_.settings().enable) start_missing();
}

void LogCleaner::start_missing() {
  const std::int32_t wanted = surroundings_.settings().threads;
  for (std::size_t i = 0; std::cmp_less(i, wanted); ++i) {
    if (i == threads_.size()) {
      threads_.push_back({.lane = surroundings_.host->make_lane("log-cleaner-thread-" + std::to_string(i))});
    }
    if (std::exchange(threads_[i].is_running, true)) continue;
    ++running_;
    zero().tasks().spawn(run(i));
  }
}

Task<void> LogCleaner::run(std::size_t index) {
  // As Apache Kafka's, which finds no log that is led yet when it starts.
  bool has_cleaned = false;
  while (true) {
    const config::CleanerSection settings = surroundings_.settings();
    if (!has_cleaned && !stopping_.is_set()) {
      Waiter pause(zero(), zero().now() + from_ms(settings.backoff_ms));
      wake_up_.add(pause);
      co_await pause;
    }
    if (stopping_.is_set() || std::cmp_greater_equal(index, settings.threads)) break;
    if (index == 0) start_missing();
    has_cleaned = co_await clean_one(index);
  }
  threads_[index].is_running = false;
  --running_;
  ended_.wake_all();
}

Task<bool> LogCleaner::clean_one(std::size_t index) {
  const auto choice = co_await find_dirtiest();
  if (!choice || stopping_.is_set()) co_return false;
  auto desk = desk_of(index);
  if (!desk) {
    surroundings_.on_failure(desk.error());
    co_return false;
  }
  PartitionTable& table = *surroundings_.tables[choice->shard];
  co_return co_await on_shard<bool>(
      zero(), (*surroundings_.shards)[ShardId(static_cast<std::uint32_t>(choice->shard))],
      [&table, key = choice->dirty.key, desk = *std::move(desk)] { return table.compact(key, desk); });
}

Task<std::optional<LogCleaner::Choice>> LogCleaner::find_dirtiest() {
  std::optional<Choice> dirtiest;
  for (std::size_t i = 0; i < surroundings_.tables.size(); ++i) {
    PartitionTable& table = *surroundings_.tables[i];
    using Found = std::optional<PartitionTable::Dirty>;
    const auto found = co_await on_shard<Found>(
        zero(), (*surroundings_.shards)[ShardId(static_cast<std::uint32_t>(i))], [&table]() -> Task<Found> {
          table.apply_retention_to_compacted();
          co_return table.dirtiest();
        });
    if (found && (!dirtiest || found->ratio > dirtiest->dirty.ratio))
      dirtiest = {.shard = i, .dirty = *found};
  }
  co_return dirtiest;
}

Result<std::shared_ptr<CleanerDesk>> LogCleaner::desk_of(std::size_t index) {
  Thread& thread = threads_[index];
  const config::CleanerSection settings = surroundings_.settings();
  if (thread.desk != nullptr && thread.made_for == settings) return thread.desk;
  const std::int32_t threads = std::max(settings.threads, 1);
  const std::int64_t map_bytes =
      std::clamp<std::int64_t>(settings.dedupe_buffer_size_bytes / threads, log::OffsetMap::kEntryBytes,
                               std::numeric_limits<std::int32_t>::max());
  auto map = log::OffsetMap::create(static_cast<std::size_t>(map_bytes));
  if (!map) return fail(std::move(map).error());
  const auto buffer_bytes = static_cast<std::size_t>(settings.io_buffer_size_bytes / threads / 2);
  thread.desk = std::make_shared<CleanerDesk>(CleanerDesk{
      .lane = thread.lane,
      .map = *std::move(map),
      .load_factor = settings.io_buffer_load_factor,
      .io_buffer_bytes = std::max(buffer_bytes, kLeastBufferBytes),
      .may_continue = pacing(*surroundings_.host, thread.lane, stopping_, settings.io_max_bytes_per_second)});
  thread.made_for = settings;
  return thread.desk;
}

Task<void> LogCleaner::stop() {
  stopping_.set();
  wake_up_.wake_all();
  while (running_ > 0) {
    Waiter waiter(zero(), Instant::never());
    ended_.add(waiter);
    co_await waiter;
  }
}

}  // namespace moldau::runtime
