// What is asked about one share partition.

#include "coordinator/share/share_coordinator.h"

#include <string_view>
#include <utility>

namespace moldau::coordinator {
namespace {

using protocol::InitializeShareGroupStateRequest;
using protocol::WriteShareGroupStateRequest;

constexpr std::string_view kNegativePartition = "The partition id cannot be a negative number.";
constexpr std::string_view kWriteUninitialized =
    "Write operation on uninitialized share partition not allowed.";
constexpr std::string_view kReadUninitialized =
    "Read operation on uninitialized share partition not allowed.";
constexpr std::string_view kFencedLeaderEpoch =
    "The leader epoch in the request is older than the epoch on the broker.";
constexpr std::string_view kFencedStateEpoch =
    "The share coordinator rejected the request because the share-group state epoch did not match.";
constexpr std::string_view kUnknownPartition = "This server does not host this topic-partition.";
constexpr std::string_view kBadBatches = "The state batches cannot be combined.";

template <class Result>
Result result_for(const SharePartitionKey& key) {
  Result result;
  result.partition = key.partition;
  return result;
}

template <class Result>
ShareDecision<Result> refuse(const SharePartitionKey& key, ErrorCode error, std::string_view message) {
  Result result = result_for<Result>(key);
  result.error_code = error;
  result.error_message = message;
  return {.result = std::move(result)};
}

std::vector<StateBatch> batches_of(const WriteShareGroupStateRequest::PartitionData& request) {
  std::vector<StateBatch> batches;
  batches.reserve(request.state_batches.size());
  for (const auto& batch : request.state_batches) {
    batches.push_back({.first_offset = batch.first_offset,
                       .last_offset = batch.last_offset,
                       .delivery_count = batch.delivery_count,
                       .delivery_state = batch.delivery_state});
  }
  return batches;
}

}  // namespace

const SharePartitionState* ShareCoordinator::find(const SharePartitionKey& key) const {
  const Entry* entry = partitions_.find(key);
  return entry == nullptr ? nullptr : &entry->state;
}

std::optional<ShareCoordinator::Refusal> ShareCoordinator::refusal_of(const ShareMoment& at,
                                                                      const SharePartitionKey& key,
                                                                      const Asked& asked) const {
  if (key.partition < 0) return Refusal{ErrorCode::kInvalidRequest, kNegativePartition};
  const Entry* entry = partitions_.find(key);
  if (entry == nullptr && !asked.if_uninitialized.empty()) {
    return Refusal{ErrorCode::kInvalidRequest, asked.if_uninitialized};
  }
  if (entry != nullptr && is_fenced(asked.leader_epoch, entry->largest_leader_epoch)) {
    return Refusal{ErrorCode::kFencedLeaderEpoch, kFencedLeaderEpoch};
  }
  if (entry != nullptr && is_fenced(asked.state_epoch, entry->largest_state_epoch)) {
    return Refusal{ErrorCode::kFencedStateEpoch, kFencedStateEpoch};
  }
  if (!at.is_partition_known) return Refusal{ErrorCode::kUnknownTopicOrPartition, kUnknownPartition};
  return std::nullopt;
}

ShareDecision<ShareCoordinator::InitializeResult> ShareCoordinator::initialize(
    const ShareMoment& at, const SharePartitionKey& key,
    const InitializeShareGroupStateRequest::PartitionData& request) {
  using Outcome = InitializeResult;
  if (const auto refusal = refusal_of(at, key, {.state_epoch = request.state_epoch})) {
    return refuse<Outcome>(key, refusal->error, refusal->message);
  }
  const SharePartitionState* current = find(key);
  // From a start offset on, what is delivered can be counted.
  const bool has_start = request.start_offset != kNoStartOffset;
  auto record = take(
      at, {key, SharePartitionState{.snapshot_epoch = current == nullptr ? 0 : next_snapshot_epoch(*current),
                                    .state_epoch = request.state_epoch,
                                    .start_offset = request.start_offset,
                                    .delivery_complete_count = has_start ? 0 : -1,
                                    .create_ms = at.wall_ms,
                                    .write_ms = at.wall_ms}});
  return {.result = result_for<Outcome>(key), .record = *std::move(record)};
}

ShareDecision<ShareCoordinator::WriteResult> ShareCoordinator::write(
    const ShareMoment& at, const SharePartitionKey& key,
    const WriteShareGroupStateRequest::PartitionData& request) {
  using Outcome = WriteResult;
  if (const auto refusal = refusal_of(at, key,
                                      {.if_uninitialized = kWriteUninitialized,
                                       .leader_epoch = request.leader_epoch,
                                       .state_epoch = request.state_epoch})) {
    return refuse<Outcome>(key, refusal->error, refusal->message);
  }
  // The state says which leader has read it, not which one writes.
  auto record = change(at, key,
                       {.leader_epoch = find(key)->leader_epoch,
                        .start_offset = request.start_offset,
                        .delivery_complete_count = request.delivery_complete_count,
                        .batches = batches_of(request)});
  if (!record) return refuse<Outcome>(key, ErrorCode::kInvalidRequest, kBadBatches);
  return {.result = result_for<Outcome>(key), .record = *std::move(record)};
}

ShareDecision<ShareCoordinator::ReadResult> ShareCoordinator::read(const ShareMoment& at,
                                                                   const SharePartitionKey& key,
                                                                   std::int32_t leader_epoch) {
  using Outcome = ReadResult;
  if (const auto refusal =
          refusal_of(at, key, {.if_uninitialized = kReadUninitialized, .leader_epoch = leader_epoch})) {
    return refuse<Outcome>(key, refusal->error, refusal->message);
  }
  const Entry& entry = *partitions_.find(key);
  ShareDecision<Outcome> decision{.result = result_for<Outcome>(key)};
  decision.result.start_offset = entry.state.start_offset;
  decision.result.state_epoch = entry.state.state_epoch;
  for (const StateBatch& batch : entry.state.batches) {
    decision.result.state_batches.push_back({.first_offset = batch.first_offset,
                                             .last_offset = batch.last_offset,
                                             .delivery_state = batch.delivery_state,
                                             .delivery_count = batch.delivery_count,
                                             .unknown_tags = {}});
  }
  if (leader_epoch == -1 || leader_epoch == entry.largest_leader_epoch) return decision;
  auto record = change(at, key,
                       {.leader_epoch = leader_epoch,
                        .start_offset = entry.state.start_offset,
                        .delivery_complete_count = entry.state.delivery_complete_count});
  if (!record) return refuse<Outcome>(key, ErrorCode::kInvalidRequest, kBadBatches);
  decision.record = *std::move(record);
  return decision;
}

ShareDecision<ShareCoordinator::SummaryResult> ShareCoordinator::summary(const ShareMoment& at,
                                                                         const SharePartitionKey& key) const {
  using Outcome = SummaryResult;
  if (const auto refusal = refusal_of(at, key, {})) {
    return refuse<Outcome>(key, refusal->error, refusal->message);
  }
  const SharePartitionState* known = find(key);
  const SharePartitionState nothing;
  const SharePartitionState& state = known == nullptr ? nothing : *known;
  ShareDecision<Outcome> decision{.result = result_for<Outcome>(key)};
  decision.result.start_offset = state.start_offset;
  decision.result.delivery_complete_count = state.delivery_complete_count;
  decision.result.leader_epoch = state.leader_epoch;
  decision.result.state_epoch = state.state_epoch;
  return decision;
}

ShareDecision<ShareCoordinator::DeleteResult> ShareCoordinator::remove(const ShareMoment& at,
                                                                       const SharePartitionKey& key) {
  using Outcome = DeleteResult;
  if (const auto refusal = refusal_of(at, key, {})) {
    return refuse<Outcome>(key, refusal->error, refusal->message);
  }
  return {.result = result_for<Outcome>(key), .record = forget(at, key)};
}

Result<Record> ShareCoordinator::change(const ShareMoment& at, const SharePartitionKey& key,
                                        ShareUpdate update) {
  const auto record = record_of(at, key, std::move(update));
  if (!record) return fail(record.error());
  return take(at, *record);
}

Result<ShareRecord> ShareCoordinator::record_of(const ShareMoment& at, const SharePartitionKey& key,
                                                ShareUpdate update) const {
  const Entry& entry = *partitions_.find(key);
  const SharePartitionState& current = entry.state;
  if (entry.updates < config_.updates_per_snapshot) {
    update.snapshot_epoch = current.snapshot_epoch;
    auto batches = combine_batches({}, update.batches, update.start_offset);
    if (!batches) return fail(std::move(batches).error());
    update.batches = *std::move(batches);
    return ShareRecord{key, std::move(update)};
  }
  const std::int64_t start =
      update.start_offset == kNoStartOffset ? current.start_offset : update.start_offset;
  auto batches = combine_batches(current.batches, update.batches, start);
  if (!batches) return fail(std::move(batches).error());
  return ShareRecord{key, SharePartitionState{.snapshot_epoch = next_snapshot_epoch(current),
                                              .state_epoch = current.state_epoch,
                                              .leader_epoch = update.leader_epoch,
                                              .start_offset = start,
                                              .delivery_complete_count = update.delivery_complete_count,
                                              .batches = *std::move(batches),
                                              .create_ms = at.wall_ms,
                                              .write_ms = at.wall_ms}};
}

}  // namespace moldau::coordinator
