#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "coordinator/txn/transaction_coordinator.h"

namespace moldau::coordinator {

/// Plays the runtime around one transaction coordinator: a log, a clock, producer ids. Records commit at once
/// unless `holds` is set.
class TransactionHarness {
 public:
  explicit TransactionHarness(std::int16_t feature_level = 2, TransactionCoordinatorConfig given = {})
      : config(given), coordinator(config), level(feature_level) {}

  TransactionMoment moment(std::optional<std::int64_t> fresh = std::nullopt) const {
    return {.wall_ms = now_ms, .transaction_version = level, .fresh_producer_id = fresh};
  }

  /// Makes a decision as the runtime does, with a producer id if it wants one.
  template <class Decide>
  TransactionDecision make(std::string_view id, Decide decide) {
    TransactionDecision decision = decide(moment());
    if (decision.wants_producer_id) {
      CHECK_FALSE(decision.record.has_value());
      decision = decide(moment(next_id++));
      CHECK_FALSE(decision.wants_producer_id);
    }
    if (decision.record) {
      log.push_back(*decision.record);
      if (!holds) coordinator.committed(id);
    }
    return decision;
  }

  struct Init {
    std::int64_t producer_id = kNoProducerId;
    std::int16_t producer_epoch = kNoProducerEpoch;
    std::int32_t timeout_ms = 60'000;
    bool enable2_pc = false;
    bool keep_prepared = false;
  };

  TransactionDecision init(std::string_view id, Init given) {
    protocol::InitProducerIdRequest request;
    request.transactional_id = TransactionalId(id);
    request.transaction_timeout_ms = given.timeout_ms;
    request.producer_id = ProducerId(given.producer_id);
    request.producer_epoch = given.producer_epoch;
    request.enable2_pc = given.enable2_pc;
    request.keep_prepared_txn = given.keep_prepared;
    if (const ErrorCode obstacle = check_init_producer_id(config, request); obstacle != ErrorCode::kNone) {
      return {.error = obstacle};
    }
    return make(id, [&](const TransactionMoment& at) { return coordinator.init_producer_id(at, request); });
  }
  TransactionDecision init(std::string_view id) { return init(id, Init{}); }

  TransactionDecision add(const Owner& owner, const std::set<TopicPartition>& partitions,
                          std::int16_t version = 2) {
    return make(owner.transactional_id, [&](const TransactionMoment& at) {
      return coordinator.add_partitions(at, owner, partitions, version);
    });
  }

  TransactionDecision end(const Owner& owner, bool commit, std::int16_t version = 2) {
    return make(owner.transactional_id,
                [&](const TransactionMoment& at) { return coordinator.end(at, owner, commit, version); });
  }

  /// Writes the id's markers and completes its transaction.
  void finish(std::string_view id) {
    const auto markers = coordinator.markers(id);
    REQUIRE(markers.has_value());
    for (const TopicPartition& partition : markers->partitions) {
      coordinator.marker_written(id, partition);
    }
    const auto done = make(id, [&](const TransactionMoment& at) { return coordinator.complete(at, id); });
    CHECK(done.record.has_value());
  }

  const Transaction& state(std::string_view id) const {
    const Transaction* found = coordinator.find(id);
    REQUIRE(found != nullptr);
    return *found;
  }

  /// What a coordinator knows that reads the log so far.
  TransactionCoordinator replayed() const {
    TransactionCoordinator fresh(config);
    for (const Record& record : log) {
      REQUIRE(fresh.replay(record.key, record.value ? std::optional(ByteView(*record.value)) : std::nullopt)
                  .has_value());
    }
    return fresh;
  }

  /// The state is what the records say, but for what is not in them: the epoch before, and below level 1 the
  /// producer ids before and after.
  void check_replay() const {
    const auto all = [this](const TransactionCoordinator& of) {
      std::vector<std::pair<std::string, Transaction>> entries;
      of.visit({}, 0, [&entries, this](std::string_view id, const Transaction& transaction) {
        entries.emplace_back(id, transaction);
        Transaction& entry = entries.back().second;
        entry.last_producer_epoch = kNoProducerEpoch;
        if (level == 0) entry.previous_producer_id = entry.next_producer_id = kNoProducerId;
      });
      return entries;
    };
    CHECK(all(replayed()) == all(coordinator));
  }

  TransactionCoordinatorConfig config;
  TransactionCoordinator coordinator;
  std::int16_t level;
  TimestampMs now_ms = 1'000'000;
  std::int64_t next_id = 4000;
  std::vector<Record> log;
  bool holds = false;
};

}  // namespace moldau::coordinator
