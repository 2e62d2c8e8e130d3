#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "coordinator/share/share_coordinator.h"

namespace moldau::coordinator {

/// Plays the runtime around one share coordinator: a log and a clock. Records commit at once unless `holds`
/// is set.
class ShareHarness {
 public:
  explicit ShareHarness(ShareCoordinatorConfig given = {}) : config(given), coordinator(config) {}

  ShareMoment moment() const {
    return {.wall_ms = now_ms,
            .next_offset = static_cast<std::int64_t>(log.size()),
            .is_partition_known = is_partition_known};
  }

  void append(std::optional<Record> record) {
    if (!record) return;
    if (fails) {
      coordinator.revert(static_cast<LogEnd>(log.size()));
      return;
    }
    log.push_back(*std::move(record));
    const auto end = static_cast<LogEnd>(log.size());
    coordinator.seal(end);
    if (!holds) coordinator.committed_up_to(end);
  }

  template <class Result>
  Result answer(ShareDecision<Result> decision) {
    append(std::move(decision.record));
    return std::move(decision.result);
  }

  auto initialize(const SharePartitionKey& key, std::int32_t state_epoch, std::int64_t start_offset) {
    protocol::InitializeShareGroupStateRequest::PartitionData request;
    request.partition = key.partition;
    request.state_epoch = state_epoch;
    request.start_offset = start_offset;
    return answer(coordinator.initialize(moment(), key, request));
  }

  struct Write {
    std::int32_t state_epoch = 0;
    std::int32_t leader_epoch = 0;
    std::int64_t start_offset = kNoStartOffset;
    std::int32_t delivery_complete_count = -1;
    std::vector<StateBatch> batches = {};
  };

  auto write(const SharePartitionKey& key, const Write& given) {
    protocol::WriteShareGroupStateRequest::PartitionData request;
    request.partition = key.partition;
    request.state_epoch = given.state_epoch;
    request.leader_epoch = given.leader_epoch;
    request.start_offset = given.start_offset;
    request.delivery_complete_count = given.delivery_complete_count;
    for (const StateBatch& batch : given.batches) {
      request.state_batches.push_back({.first_offset = batch.first_offset,
                                       .last_offset = batch.last_offset,
                                       .delivery_state = batch.delivery_state,
                                       .delivery_count = batch.delivery_count,
                                       .unknown_tags = {}});
    }
    return answer(coordinator.write(moment(), key, request));
  }

  auto read(const SharePartitionKey& key, std::int32_t leader_epoch = -1) {
    return answer(coordinator.read(moment(), key, leader_epoch));
  }
  auto summary(const SharePartitionKey& key) { return answer(coordinator.summary(moment(), key)); }
  auto remove(const SharePartitionKey& key) { return answer(coordinator.remove(moment(), key)); }

  /// Snapshots of what is cold, as the runtime takes them.
  std::size_t snapshot_cold() {
    const auto cold = coordinator.cold(now_ms);
    for (const SharePartitionKey& key : cold) {
      append(coordinator.snapshot(moment(), key));
    }
    return cold.size();
  }

  void forget_topics(const std::set<Uuid>& topics) {
    for (const SharePartitionKey& key : coordinator.of_topics(topics)) {
      append(coordinator.forget(moment(), key));
    }
  }

  /// The kind of the log's last record.
  ShareRecord last_record() const {
    REQUIRE_FALSE(log.empty());
    const Record& last = log.back();
    const auto decoded =
        decode_share_record(last.key, last.value ? std::optional(ByteView(*last.value)) : std::nullopt);
    REQUIRE((decoded && *decoded));
    return **decoded;
  }

  /// What a coordinator knows that reads the log from `first` on.
  ShareCoordinator replayed(std::size_t first = 0) const {
    ShareCoordinator fresh(config);
    for (std::size_t i = first; i < log.size(); ++i) {
      const auto value = log[i].value ? std::optional(ByteView(*log[i].value)) : std::nullopt;
      REQUIRE(fresh.replay(static_cast<std::int64_t>(i), log[i].key, value).has_value());
    }
    fresh.seal(static_cast<LogEnd>(log.size()));
    fresh.committed_up_to(static_cast<LogEnd>(log.size()));
    return fresh;
  }

  /// The state is what the records say, from the log's begin and from where it may be deleted up to.
  void check_replay(const std::vector<SharePartitionKey>& keys) const {
    REQUIRE_FALSE(holds);
    const ShareCoordinator whole = replayed();
    const ShareCoordinator pruned =
        replayed(static_cast<std::size_t>(coordinator.redundant_before().value_or(0)));
    CHECK(whole.redundant_before() == coordinator.redundant_before());
    for (const SharePartitionKey& key : keys) {
      const SharePartitionState* state = coordinator.find(key);
      for (const ShareCoordinator* other : {&whole, &pruned}) {
        const SharePartitionState* found = other->find(key);
        REQUIRE((found == nullptr) == (state == nullptr));
        if (state != nullptr) CHECK(*found == *state);
      }
    }
  }

  const SharePartitionState& state(const SharePartitionKey& key) const {
    const SharePartitionState* found = coordinator.find(key);
    REQUIRE(found != nullptr);
    return *found;
  }

  ShareCoordinatorConfig config;
  ShareCoordinator coordinator;
  TimestampMs now_ms = 1'000'000;
  bool is_partition_known = true;
  bool holds = false;  ///< appends do not commit
  bool fails = false;  ///< appends fail
  std::vector<Record> log;
};

}  // namespace moldau::coordinator
