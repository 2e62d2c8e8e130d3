#include "runtime/led_share_partition.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "base/buffer.h"
#include "log/batch_scanner.h"
#include "log/end_txn_marker.h"
#include "observe/log.h"
#include "protocol/records/batch.h"
#include "runtime/share_persister.h"
#include "share/state_error.h"

namespace moldau::runtime {
namespace {

using coordinator::ShareCoordinator;
using coordinator::ShareMoment;
using coordinator::SharePartitionKey;

constexpr std::int64_t kNoOffset = -1;
constexpr std::int32_t kAnyLeaderEpoch = -1;
/// Reads of one call at most: each acquires or skips something, or is the last.
constexpr int kMostReads = 16;

SharePartitionKey key_of(const share::SharePartitionId& id) {
  return {.group = id.group, .topic_id = id.topic_id, .partition = id.partition};
}

/// The batches of what was read, and where each lies in the file.
struct ReadBatches {
  std::vector<share::FetchedBatch> batches;
  std::vector<log::BatchPlace> places;
};

/// Whether a control batch is the end of a transaction that was given up.
bool is_abort_marker(io::File& file, const log::BatchPlace& place) {
  Buffer bytes(static_cast<std::size_t>(place.size_bytes));
  const auto read = file.read_at(static_cast<std::uint64_t>(place.position), bytes.bytes());
  if (!read || *read != bytes.bytes().size()) return false;
  const auto batch = records::BatchView::parse(bytes.bytes());
  if (!batch) return false;
  const auto marker = log::read_end_txn_marker(*batch);
  return marker && *marker && (*marker)->is_abort;
}

/// Looks at the headers of the batches in a slice, and at the markers where `wants_markers`.
ReadBatches look_at(const io::FileSlice& slice, bool wants_markers) {
  ReadBatches found;
  const auto end = static_cast<std::int64_t>(slice.position + slice.size_bytes);
  log::BatchScanner scanner(*slice.file, static_cast<std::int64_t>(slice.position), end);
  while (true) {
    const auto place = scanner.next();
    if (!place || !*place) return found;
    share::FetchedBatch batch{.base_offset = (*place)->base_offset, .last_offset = (*place)->last_offset};
    if (const auto header = records::BatchHeader::parse(scanner.header()); header) {
      batch.producer_id = header->producer_id();
      batch.is_transactional = header->is_transactional();
      batch.is_abort_marker = wants_markers && header->is_control() && is_abort_marker(*slice.file, **place);
    }
    found.batches.push_back(batch);
    found.places.push_back(**place);
  }
}

/// The batches of those that were read that go to the member.
io::FileSlice sent_slice(const io::FileSlice& slice, const ReadBatches& read,
                         const share::Acquired& acquired) {
  const auto sent = share::sent_batches(read.batches, acquired.ranges);
  const log::BatchPlace& first = read.places.at(sent.first);
  const log::BatchPlace& last = read.places.at(sent.end - 1);
  return {.file = slice.file,
          .position = static_cast<std::uint64_t>(first.position),
          .size_bytes = static_cast<std::uint64_t>(last.position + last.size_bytes - first.position)};
}

}  // namespace

LedSharePartition::LedSharePartition(const Surroundings& surroundings, share::SharePartitionId id,
                                     std::shared_ptr<Partition> partition)
    : surroundings_(surroundings),
      state_(std::move(id), partition->leader_epoch(), share::ShareLimits()),
      partition_(std::move(partition)) {}

bool LedSharePartition::is_of(const Partition& partition) const {
  return partition_.get() == &partition && !partition.is_retired() &&
         partition.leader_epoch() == state_.leader_epoch();
}

const ShareReadSettings& LedSharePartition::settings() {
  ClusterViewPtr view = surroundings_.node->cluster_view(*surroundings_.shard);
  if (view != settings_of_) {
    settings_ = share_read_settings(surroundings_.node->config(), view->image, id().group);
    state_.set_limits(settings_.limits);
    settings_of_ = std::move(view);
  }
  return settings_;
}

void LedSharePartition::changed() {
  ++changes_;
  progress_.wake_all();
  if (const auto deadline = state_.next_lock_deadline()) {
    surroundings_.shard->arm(deadline_, *deadline);
  } else {
    TimerWheel::cancel(deadline_);
  }
}

void LedSharePartition::fence() {
  state_.fence();
  changed();
}

ShareReadOutcome LedSharePartition::tell_load_error() {
  const auto self = shared_from_this();
  ShareReadOutcome outcome{.error = load_error_->code, .message = load_error_->message};
  // Whoever asks next has it loaded anew, as in Apache Kafka.
  (*surroundings_.on_useless)(*this);
  return outcome;
}

void LedSharePartition::prepare() {
  settings();
  if (state_.status() == share::SharePartition::Status::kEmpty) surroundings_.shard->tasks().spawn(load());
}

ShareReadOutcome LedSharePartition::read(const ShareReadCall& call) {
  prepare();
  if (load_error_) return tell_load_error();
  ShareReadOutcome nothing{.has_more = true};
  for (int i = 0; i < kMostReads; ++i) {
    auto outcome = try_read(call);
    if (!outcome) continue;
    nothing = *std::move(outcome);
    break;
  }
  nothing.seen_high_watermark = partition_->high_watermark();
  nothing.seen_changes = changes_;
  return nothing;
}

ShareAvailable LedSharePartition::available() {
  prepare();
  ShareAvailable available{.seen_high_watermark = partition_->high_watermark(), .seen_changes = changes_};
  if (load_error_) available.error = load_error_->code;
  if (state_.status() != share::SharePartition::Status::kActive || !state_.can_acquire()) return available;
  constexpr std::size_t kAll = std::numeric_limits<std::int32_t>::max();
  const ReadOutcome found = partition_->read({.offset = state_.next_fetch_offset(),
                                              .max_bytes = kAll,
                                              .read_committed = settings().reads_committed,
                                              .is_again = true});
  if (found.records) available.bytes = static_cast<std::size_t>(found.records->size_bytes);
  return available;
}

std::optional<ShareReadOutcome> LedSharePartition::try_read(const ShareReadCall& call) {
  ShareReadOutcome outcome;
  if (state_.status() != share::SharePartition::Status::kActive || !state_.can_acquire()) return outcome;
  const std::int64_t offset = state_.next_fetch_offset();
  ReadOutcome found = partition_->read({.offset = offset,
                                        .max_bytes = call.max_bytes,
                                        .at_least_one_batch = call.at_least_one_batch,
                                        .read_committed = settings().reads_committed});
  if (found.error == ErrorCode::kOffsetOutOfRange && offset < partition_->log().log_start_offset()) {
    state_.move_log_start(partition_->log().log_start_offset());
    changed();
    return std::nullopt;
  }
  outcome.was_read = true;
  outcome.error = found.error == ErrorCode::kOffsetOutOfRange ? ErrorCode::kNone : found.error;
  if (!found.records) return outcome;
  partition_->count_bytes_out(static_cast<std::uint64_t>(found.records->size_bytes));
  const ReadBatches read = look_at(*found.records, settings().reads_committed);
  std::vector<share::AbortedTransaction> aborted;
  if (found.aborted) {
    for (const log::AbortedTransaction& one : *found.aborted)
      aborted.push_back({.producer_id = one.producer_id, .first_offset = one.first_offset});
  }
  auto acquired = state_.acquire({.member = call.member,
                                  .mode = call.mode,
                                  .batch_size = call.batch_size,
                                  .max_records = call.max_records,
                                  .fetch_offset = offset,
                                  .batches = read.batches,
                                  .aborted = aborted},
                                 surroundings_.shard->now());
  changed();
  if (acquired.ranges.empty()) {
    const bool has_moved = state_.can_acquire() && state_.next_fetch_offset() != offset;
    return has_moved ? std::nullopt : std::optional(std::move(outcome));
  }
  outcome.records = sent_slice(*found.records, read, acquired);
  outcome.acquired = std::move(acquired);
  return outcome;
}

Task<void> LedSharePartition::load() {
  const auto self = shared_from_this();
  if (const auto begun = state_.begin_load(); !begun || !*begun) co_return;
  auto known = co_await persist_share_state<ShareCoordinator::ReadResult>(
      *surroundings_.node, *surroundings_.shard, key_of(id()),
      [this](ShareCoordinator& coordinator, const ShareMoment& at) {
        return coordinator.read(at, key_of(id()), state_.leader_epoch());
      });
  if (state_.status() != share::SharePartition::Status::kLoading) co_return;
  Result<void> loaded;
  if (known.error_code == ErrorCode::kNone && known.start_offset == kNoOffset) {
    if (const auto first = first_offset(); first) {
      known.start_offset = *first;
    } else {
      loaded = fail(first.error());
    }
  }
  if (loaded) loaded = state_.load(known);
  if (!loaded) {
    state_.fail_load();
    load_error_ = std::move(loaded).error();
    observe::info("share partition {}: its state cannot be loaded: {}", id().to_string(),
                  load_error_->message);
  }
  changed();
}

Result<std::int64_t> LedSharePartition::first_offset() const {
  TimestampMs timestamp_ms = kLatestTimestamp;
  switch (settings_.offset_reset.strategy) {
    case ShareOffsetReset::Strategy::kLatest:
      break;
    case ShareOffsetReset::Strategy::kEarliest:
      timestamp_ms = kEarliestTimestamp;
      break;
    case ShareOffsetReset::Strategy::kByDuration:
      timestamp_ms =
          std::max<TimestampMs>(0, surroundings_.shard->wall_ms() - settings_.offset_reset.duration_ms);
      break;
  }
  const OffsetOutcome found = partition_->offset_for(timestamp_ms, kAnyLeaderEpoch, false);
  if (found.error != ErrorCode::kNone) return fail(found.error, "the partition's offsets cannot be read");
  if (found.offset == kNoOffset) {
    return fail(ErrorCode::kOffsetNotAvailable, "Offset for timestamp " + std::to_string(timestamp_ms) +
                                                    " not found for topic partition: " + id().to_string());
  }
  return found.offset;
}

Task<Result<void>> LedSharePartition::persist(share::SharePartition::Write write) {
  const auto self = shared_from_this();
  const auto written = co_await persist_share_state<ShareCoordinator::WriteResult>(
      *surroundings_.node, *surroundings_.shard, key_of(id()),
      [this, &write](ShareCoordinator& coordinator, const ShareMoment& at) {
        return coordinator.write(at, key_of(id()), write.data);
      });
  const bool is_written = written.error_code == ErrorCode::kNone;
  state_.finish_write(write.id, is_written);
  changed();
  if (is_written) co_return Result<void>();
  Error error = share::client_error(written.error_code, std::string(written.error_message.value_or("")));
  if (share::is_fencing(error.code)) (*surroundings_.on_useless)(*this);
  co_return fail(std::move(error));
}

Task<void> LedSharePartition::persist_apart(share::SharePartition::Write write) {
  const auto persisted = co_await persist(std::move(write));
  if (!persisted)
    observe::info("share partition {}: its state cannot be kept: {}", id().to_string(),
                  persisted.error().message);
}

Task<Result<void>> LedSharePartition::acknowledge(std::string_view member,
                                                  std::vector<share::AcknowledgementBatch> batches) {
  const auto self = shared_from_this();
  settings();
  auto write = state_.acknowledge(member, batches, surroundings_.shard->now());
  changed();
  if (!write) co_return fail(std::move(write).error());
  if (!*write) co_return Result<void>();
  co_return co_await persist(**std::move(write));
}

void LedSharePartition::release(std::string_view member) {
  auto write = state_.release(member);
  changed();
  if (write) surroundings_.shard->tasks().spawn(persist_apart(*std::move(write)));
}

void LedSharePartition::locks_ended() {
  const auto self = shared_from_this();
  auto write = state_.expire_locks(surroundings_.shard->now());
  changed();
  if (write) surroundings_.shard->tasks().spawn(persist_apart(*std::move(write)));
}

}  // namespace moldau::runtime
