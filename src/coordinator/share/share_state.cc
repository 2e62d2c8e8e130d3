// How records change what is known of share partitions, and which of them the log needs.

#include <algorithm>
#include <utility>
#include <variant>

#include "coordinator/share/share_coordinator.h"

namespace moldau::coordinator {

Result<void> ShareCoordinator::replay(std::int64_t offset, ByteView key, std::optional<ByteView> value) {
  const auto record = decode_share_record(key, value);
  if (!record) return fail(record.error());
  if (!*record) return {};
  const auto applied = apply(offset, **record);
  if (!applied) return fail(ErrorCode::kCorruptMessage, applied.error().message);
  return {};
}

Result<Record> ShareCoordinator::take(const ShareMoment& at, const ShareRecord& record) {
  if (auto applied = apply(at.next_offset, record); !applied) return fail(std::move(applied).error());
  return encode_share_record(record);
}

Result<void> ShareCoordinator::apply(std::int64_t offset, const ShareRecord& record) {
  if (const auto* update = std::get_if<ShareUpdate>(&record.value)) return apply_update(record.key, *update);
  if (const auto* state = std::get_if<SharePartitionState>(&record.value)) {
    apply_snapshot(offset, record.key, *state);
  } else {
    partitions_.erase(record.key);
    last_tombstone_offset_ = offset;
  }
  return {};
}

void ShareCoordinator::apply_snapshot(std::int64_t offset, const SharePartitionKey& key,
                                      SharePartitionState state) {
  const Entry* known = partitions_.find(key);
  Entry entry;
  if (known != nullptr) {
    entry.largest_leader_epoch = known->largest_leader_epoch;
    entry.largest_state_epoch = known->largest_state_epoch;
    entry.updates = known->updates >= config_.updates_per_snapshot ? 0 : known->updates;
  }
  entry.largest_leader_epoch = std::max(entry.largest_leader_epoch, state.leader_epoch);
  entry.largest_state_epoch = std::max(entry.largest_state_epoch, state.state_epoch);
  entry.snapshot_offset = offset;
  entry.state = std::move(state);
  partitions_.put(key, std::move(entry));
}

Result<void> ShareCoordinator::apply_update(const SharePartitionKey& key, const ShareUpdate& update) {
  const Entry* known = partitions_.find(key);
  Entry entry = known == nullptr ? Entry() : *known;
  SharePartitionState& state = entry.state;
  if (known == nullptr) {
    // Its snapshot is gone; what the update says is all there is, as it stands.
    state.snapshot_epoch = update.snapshot_epoch;
    state.leader_epoch = update.leader_epoch;
    state.start_offset = update.start_offset;
    state.batches = update.batches;
  } else {
    if (update.start_offset != kNoStartOffset) state.start_offset = update.start_offset;
    if (update.leader_epoch != -1) state.leader_epoch = update.leader_epoch;
    auto batches = combine_batches(state.batches, update.batches, state.start_offset);
    if (!batches) return fail(std::move(batches).error());
    state.batches = *std::move(batches);
  }
  state.delivery_complete_count = update.delivery_complete_count;
  entry.largest_leader_epoch = std::max(entry.largest_leader_epoch, update.leader_epoch);
  ++entry.updates;
  partitions_.put(key, std::move(entry));
  return {};
}

std::vector<SharePartitionKey> ShareCoordinator::cold(TimestampMs wall_ms) const {
  std::vector<SharePartitionKey> cold;
  bool are_all_quiet = true;
  partitions_.visit_all(kLatest, [&](const SharePartitionKey& key, const Entry& entry) {
    if (entry.state.create_ms == entry.state.write_ms) are_all_quiet = false;
    const bool is_old = entry.state.write_ms <= wall_ms - config_.cold_partition_snapshot_interval_ms;
    if (is_old) cold.push_back(key);
  });
  if (are_all_quiet) cold.clear();
  return cold;
}

std::optional<Record> ShareCoordinator::snapshot(const ShareMoment& at, const SharePartitionKey& key) {
  const Entry* entry = partitions_.find(key);
  if (entry == nullptr) return std::nullopt;
  SharePartitionState state = entry->state;
  state.snapshot_epoch = next_snapshot_epoch(entry->state);
  state.write_ms = at.wall_ms;
  return *take(at, {key, std::move(state)});
}

std::vector<SharePartitionKey> ShareCoordinator::of_topics(const std::set<Uuid>& topics) const {
  std::vector<SharePartitionKey> found;
  partitions_.visit_all(kLatest, [&](const SharePartitionKey& key, const Entry&) {
    if (topics.contains(key.topic_id)) found.push_back(key);
  });
  return found;
}

std::optional<Record> ShareCoordinator::forget(const ShareMoment& at, const SharePartitionKey& key) {
  if (partitions_.find(key) == nullptr) return std::nullopt;
  return *take(at, {key, ShareTombstone()});
}

std::optional<std::int64_t> ShareCoordinator::redundant_before() const {
  bool is_empty = true;
  std::int64_t first_needed = committed_;
  partitions_.visit_all(committed_, [&](const SharePartitionKey&, const Entry& entry) {
    if (entry.snapshot_offset < 0) return;
    is_empty = false;
    first_needed = std::min(first_needed, entry.snapshot_offset);
  });
  if (is_empty) first_needed = std::min(first_needed, last_tombstone_offset_);
  if (first_needed <= 0) return std::nullopt;
  return first_needed;
}

void ShareCoordinator::committed_up_to(LogEnd log_end) {
  committed_ = std::max(committed_, log_end);
  partitions_.commit(committed_);
}

}  // namespace moldau::coordinator
